// Sentences of the studio's errors by their code; {name} stands for a parameter of the error. A problem whose code is
// not listed here is shown as its `detail`. tests/serve/test_error_codes.py compares this table with the server.

export const errors = {
  // Uploaded pictures
  "empty-upload": "The upload is empty; choose a picture.",
  "upload-too-large": "The upload is larger than {megabytes} MB; send a smaller picture.",
  "not-a-picture": "This is not a picture that can be read; send {formats}.",
  "decode-failed": "The picture cannot be opened (it took more than {seconds} s or failed); save it again as PNG.",
  "uploads-busy": "Many pictures are waiting to be read; try again in a moment.",
  "picture-too-small": "The picture has only {width} × {height} pixels; send one of at least {side} × {side}.",
  "picture-too-large": "The picture has {width} × {height} pixels; send one of at most {millions} million.",
  "too-many-pixels": "The picture has too many pixels; send one of at most {millions} million.",
  "picture-damaged": "The picture cannot be opened ({reason}); save it again or take another.",
  "picture-unusable": "This picture cannot be used ({reason}); choose another.",
  "reference-unusable": "The reference cannot be used ({reason}); choose another.",
  "photo-unusable": "This photo cannot be used ({reason}); choose another.",
  "no-face": "No face was found in this picture; choose one that shows a face from the front, near and in good light.",
  "no-face-in-source":
    "No face was found in the source picture; choose one that shows a face from the front, near and in good light.",
  "no-face-in-reference":
    "No face was found in the reference; choose one that shows a face from the front, near and in good light.",

  // Requests
  "invalid-request": "{field}: {reason}; see /v1/openapi.json for what this address accepts.",
  "no-address": "There is nothing at {path}; see /v1/openapi.json for what there is.",
  "no-method": "{path} does not accept {method}; see /v1/openapi.json for what it accepts.",
  "http-error": "{detail}",
  "other-site": "A page of another site may not change anything in this studio.",
  "sign-in": "This needs the role {role}; sign in with a token for it.",
  "role-needed": "This needs the role {role}, and your token is for {own}; ask the operator for another.",
  "too-often": "That was too often; try again in {seconds} s.",
  "wrong-token": "This token is not valid; copy it again, or ask the operator for another.",
  "not-your-name": "You may not act as {name}; use the name of your own token.",
  "wrong-host": "This studio answers to its own address only; open it by the address it printed.",
  "no-file": "There is no file /{path} in the studio; reload the page.",
  "pages-not-built": "There is nothing at /{path}; the studio's pages are not built (run `make web`).",
  disconnected: "The client disconnected before the answer was ready.",
  internal: "Something went wrong in the studio; its log has the details. Try again, or report it.",

  // Models
  "no-bundle": "There is no bundle '{bundle}'; see /v1/bundles for those there are.",
  busy: "{model} has {waiting} requests waiting; try again in a moment.",
  "answer-too-long": "{model} took more than {seconds} s and was stopped; request less at once, or use another model.",
  "model-stuck": "{model} is still busy with a request that took too long; use another model.",
  "bundle-graph": "The ONNX graph {file} of bundle {bundle} cannot be used; export the bundle again.",
  "takes-synthesis": "{model} makes pictures from seeds, so it takes no picture; give it seeds.",
  "takes-paired": "{model} translates pictures, so it takes a picture and no seeds; give it a picture.",
  "takes-unpaired": "{model} translates pictures, so it takes a picture and no seeds; give it a picture.",
  "takes-reference": "{model} renders a picture in the style of a reference; give it a picture and a reference.",
  "takes-music": "{model} makes music from seeds, so it takes no picture; give it seeds.",

  // Music
  "no-music": "{model} makes no music; choose a model that does.",
  "threshold-range": "The threshold is a number between 0 and 1; give another one.",
  "too-many-phrases": "A piece has 1 to {most} phrases; ask for fewer.",
  "tempo-range": "The tempo is 20 to 400 quarter notes per minute; give another one.",
  "programs-range": "Give {count} programs from 0 to 127, one for each track.",
  "accompanies-none": "This model accompanies no track; give it seeds alone.",
  "music-unreadable": "{file} cannot be accompanied ({reason}); give another file.",
  "music-too-short": "{file} has no {bars} bars of {beats} quarter notes in a row to accompany; give another file.",
  "seed-negative": "Seeds are whole numbers from 0 on; give another seed.",
  "seed-range": "Seeds are whole numbers from 0 to {most}; give others.",
  "no-truncation": "{model} has no truncation; leave psi at 1.",
  "psi-range": "psi is a number from -{most} to {most} (1: no truncation, 0: no variation); give another psi.",
  "no-classes": "{model} has no classes; leave the class out.",
  "unknown-class": "{model} has classes 0 to {highest}, not {label}; choose one of those.",
  "class-not-allowed": "This model has no classes; leave the class {name} out.",
  "unknown-class-name": "There is no class '{name}'; choose one of {known}.",
  "no-attention-map": "{model} has no attention map; choose a U-GAT-IT model.",
  "one-direction": "{model} translates in one direction only; leave the direction out.",
  "needs-two-frames": "{model} interpolates between two frames, and this is one picture; give it a film.",
  "answer-too-large":
    "A picture of {width} × {height} pixels, enlarged {scale} times, would have more than {millions} million pixels; choose a smaller one.",
  "answer-size": "The size is square, keep or a number of pixels from 16 to {largest}.",
  "square-only": "{model} takes squares of {resolution} pixels only, because its networks are made for that size.",
  "no-reference": "{model} does not take a reference; choose a model that translates by reference.",
  "reference-domain": "Name the domain of the reference with class ({domains}).",
  "bundle-missing": "There is no bundle in {bundle}; make one with `ganvas export`.",
  "bundle-unreadable": "The manifest of bundle {bundle} cannot be read ({reason}); check its permissions.",
  "bundle-not-opened": "Bundle {bundle} cannot be opened ({reason}); check its permissions.",
  "bundle-not-json": "The manifest of bundle {bundle} is not valid JSON; export the bundle again.",
  "bundle-version":
    "Bundle {bundle} has schema version {found}, this Ganvas reads {known}; update Ganvas or export the bundle again.",
  "bundle-damaged": "The manifest of bundle {bundle} is damaged ({field}); export the bundle again.",
  "bundle-changed":
    "The manifest of bundle {bundle} was changed after it was written; get the bundle again from where it came.",
  "bundle-incomplete": "Bundle {bundle} does not list {file}; export it again.",
  "bundle-file-missing": "Bundle {bundle} lacks {file}; get it again from where it came.",
  "bundle-file-changed":
    "{file} in bundle {bundle} is not the file that was written, so it is not used; get the bundle again from where it came.",
  "bundle-extra-file": "Bundle {bundle} holds {file}, which does not belong to it; move that elsewhere.",
  "bundle-broken": "Bundle {bundle} is damaged; export it again.",
  "bundle-replaced": "Bundle {bundle} is being replaced; try again in a moment.",
  "bundle-weights":
    "The weights of bundle {bundle} do not fit family {family}; use the Ganvas that wrote it ({version}) or export it again.",

  // Draw
  "no-portraits": "{model} is of the family {family}, which does not paint portraits from drawings.",
  "no-sketches": "Bundle {model} holds no sketches to compare with; export it again from its run.",
  "no-drawings": "{model} does not take drawings; choose a model that was trained on sketches.",
  "sketch-count": "k is the number of real sketches that a drawing is compared with: 1 to {most}, not {k}.",
  "sketch-count-low": "k is the number of real sketches that a drawing is compared with: 1 or more, not {k}.",
  "share-range": "t is the share of the drawing itself that stays: from 0 to 1, not {share}.",
  "share-format": 't is a number from 0 to 1, or a JSON object with one number per part, such as {"mouth": 0.8}.',
  "unknown-part": "There is no part '{part}'; the parts are {known}.",
  "faiss-missing": "Nearest neighbours need faiss; run `pip install 'ganvas[manifold]'`.",
  "drawing-format": "{name} is not a drawing; choose one that was saved on the Draw page.",
  "drawing-version": "{name} is a drawing of version {found}, and only {known} is supported; update Ganvas.",
  "drawing-damaged": "{name} is damaged: it contains an invalid mark; save the drawing again.",
  "drawing-dots": "{name} has more than {most} dots; draw with fewer.",
  "drawing-picture": "A picture in this drawing is damaged ({reason}); start from the photo again.",
  "drawing-with-photo": "A drawing that begins with a photo cannot be shared by link; share one that has strokes only.",
  "drawing-empty": "The drawing is empty; draw something to share.",
  "drawing-content-type": "This is not a drawing; send it as application/json.",
  "drawing-too-large": "This drawing is larger than {kilobytes} kB, too large for a link; save it to a file instead.",
  "drawing-not-kept": "This drawing could not be kept ({reason}); tell the operator of the studio.",
  "drawings-full": "No more drawings can be shared here; ask the operator of the studio to delete some.",
  "no-drawing": "The drawing of this link no longer exists; ask for a new link.",
  "sharing-off": "Drawings are not shared by link here; the operator of the studio can allow it with --shared FOLDER.",

  // Latent space
  "no-latent-space":
    "{model} translates pictures and has no latent space; choose a model that makes pictures from seeds.",
  "model-without-latent-space":
    "This model translates pictures and has no latent space; choose one that makes pictures from seeds.",
  "latent-format": "A latent is base64 of float32 numbers, as a projection returns it; send such a one.",
  "latent-shape":
    "{latent} ({sizes}) does not fit this model, whose latents are {layers} × {width}; project with this model.",
  "layer-range": "Layers go from 0 to {highest}, the lower first, not from {first} to {last}.",
  "too-many-frames": "A walk has at most {most} frames, not {frames}; request fewer steps or points.",
  "no-style-mixing":
    "This model takes its latent at one layer, so there are no styles to mix; choose a stylegan2 or a biggan with hierarchical z, or interpolate.",
  "no-directions": "This model has no directions, because its family does not state the weights to factorise.",
  "direction-layers": "Directions exist for the layers 0 to {highest}; choose from these.",
  "unknown-direction": "There is no direction {direction}; choose from 0 to {highest}.",
  "strength-range": "A strength is within ± {most} standard deviations, not {strength}.",
  "mp4-extra": "mp4 needs PyAV; run `pip install 'ganvas[video]'`, or choose gif.",
  "projections-busy": "Several photographs are waiting to be projected; try again in a minute.",
  "no-projection": "There is no projection '{projection}'; start one with POST /v1/bundles/ID/project.",
  "projection-replaced": "A newer projection replaced it.",
  "projection-stopped": "It was stopped.",
  "projection-abandoned": "No page was following it any more.",
  "studio-closed": "The studio was closed.",

  // Runs
  "no-run": "There is no run '{run}'; see /v1/runs for those there are.",
  "run-file-unreadable": "{file} of run '{run}' cannot be read.",
  "no-sheet": "Run '{run}' has no sample sheet {nimg}; see /v1/runs for those there are.",
  "run-without-checkpoint": "Run '{run}' has no checkpoint yet; wait for the first one.",
  "training-pictures-missing": "The training pictures of run '{run}' are no longer on this machine.",
  "too-few-training-pictures": "Nearest neighbours need two training pictures or more.",
  "comparison-busy": "Another comparison is in progress; try again in a moment.",

  // Review
  "no-catalogue": "No catalogue is open here; start the studio with `ganvas review CATALOGUE`.",
  "no-round": "There is no round {round}; see /v1/review for those there are.",
  "no-such-round": "There is no round {round}; `ganvas review --new-round` opens the next one.",
  "verdict-not-in-round": "Picture {picture} is not in round {round}.",
  "verdict-unknown": "A verdict is keep, drop or skip, not '{verdict}'.",
  "verdict-client-id": "A verdict needs a client_id of 1 to 64 letters.",
  "verdict-reason": "A reason to drop is one of {known}.",
  "not-a-reviewer": "{reviewer} is not a reviewer of round {round}; join the round first.",
  "round-taken": "Somebody else has just opened this round; join that one.",
  "nothing-to-review": "There is no picture in the scope {scope} to review; collect some, or choose another scope.",
  "unknown-scope": "There is no scope '{scope}'; it is one of {known}.",
  "overlap-range": "The overlap is a share from 0 to 1, not {overlap}.",
  "reviewer-name": "A reviewer needs a name of 1 to 100 letters other than '{reserved}'.",
  "no-picture": "There is no picture {picture} in this catalogue.",
  "picture-file-missing": "The file of picture {picture} is missing from the catalogue's store.",

  // What is not installed
  "catalogue-extra": "A catalogue needs the extra: pip install 'ganvas[catalogue]'.",
  "faces-extra": "Reading faces needs the extra: pip install 'ganvas[faces]'.",
  "crop-extra": "The crop '{crop}' needs the extra: pip install 'ganvas[faces]'.",
  "weights-missing": "The pretrained file {file} is not on this machine and could not be downloaded.",
} as const;

export type ErrorCode = keyof typeof errors;
