import { useEffect, useRef, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useWords, type Words } from "../i18n/provider";
import styles from "./camera.module.css";
import { Button, IconButton } from "./controls";
import { CloseIcon, WarningIcon } from "./icons";

/** Opens the camera in a dialog; what is taken is as it was seen, mirrored like a mirror. */
export function CameraButton({ text, take }: { text?: string; take: (picture: Blob) => void }) {
  const words = useWords().camera;
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <CameraIcon />
        {text ?? words.open}
      </Button>
      <ModalOverlay className="veil" isDismissable isOpen={open} onOpenChange={setOpen}>
        <Modal className="modal">
          <Dialog className="dialog" aria-label={words.title}>
            <Camera
              take={(picture) => {
                setOpen(false);
                take(picture);
              }}
              close={() => setOpen(false)}
            />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

function Camera({ take, close }: { take: (picture: Blob) => void; close: () => void }) {
  const { camera: words, retry } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<string>();
  const [ready, setReady] = useState(false);
  const [attempt, setAttempt] = useState(0);

  // `attempt` asks again.
  useEffect(() => {
    let stream: MediaStream | undefined;
    let gone = false;
    setProblem(undefined);
    setReady(false);
    void open()
      .then((opened) => {
        stream = opened;
        if (gone) stop(opened);
        else if (video.current) video.current.srcObject = opened;
      })
      .catch((error: unknown) => !gone && setProblem(sentenceFor(error, words)));
    return () => {
      gone = true;
      if (stream) stop(stream);
    };
  }, [attempt, words]);

  const shoot = () => {
    const seen = video.current;
    if (!seen) return;
    const canvas = document.createElement("canvas");
    canvas.width = seen.videoWidth;
    canvas.height = seen.videoHeight;
    const context = canvas.getContext("2d");
    context?.translate(canvas.width, 0);
    context?.scale(-1, 1);
    context?.drawImage(seen, 0, 0);
    canvas.toBlob((picture) => picture && take(new File([picture], "camera.png", { type: "image/png" })), "image/png");
  };

  return (
    <>
      <div className="dialog-head">
        <Heading slot="title">{words.title}</Heading>
        <IconButton name={words.close} shortcut="Esc" onPress={close}>
          <CloseIcon />
        </IconButton>
      </div>
      {problem === undefined ? (
        <div className={styles.camera}>
          {!ready && <p role="status">{words.waits}</p>}
          {/* What a camera shows has no words to caption. */}
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: without controls a video takes no focus */}
          <video ref={video} autoPlay playsInline muted onPlaying={() => setReady(true)} aria-hidden="true" />
        </div>
      ) : (
        <div className={`note note-error ${styles.cameraNote}`} role="alert">
          <WarningIcon />
          <p className="note-body">{problem}</p>
        </div>
      )}
      <div className="dialog-foot">
        {problem === undefined ? (
          <Button variant="solid" isDisabled={!ready} onPress={shoot}>
            {words.take}
          </Button>
        ) : (
          <Button onPress={() => setAttempt((n) => n + 1)}>{retry}</Button>
        )}
      </div>
    </>
  );
}

async function open(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException("not here", "SecurityError");
  return navigator.mediaDevices.getUserMedia({
    video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
  });
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function sentenceFor(error: unknown, words: Words["camera"]): string {
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  if (name === "NotAllowedError") return words.refused;
  if (name === "SecurityError") return words.insecure;
  if (name === "NotReadableError" || name === "AbortError") return words.taken;
  return words.absent;
}

const CameraIcon = () => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d="M3 6.500h3l1.300-2h5.400l1.300 2h3v9H3z M10 8.200a2.700 2.700 0 100 5.400 2.700 2.700 0 000-5.400z" />
  </svg>
);
