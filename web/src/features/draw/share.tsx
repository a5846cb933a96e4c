// Drawings that come and go by link, where the operator allows it.
import { useState } from "react";
import { Problem } from "../../api/client";
import { useHealth } from "../../api/queries";
import { ROOT } from "../../api/root";
import type { BundleCard } from "../../api/types";
import { useErrorSentence } from "../../i18n/errors";
import { Button, IconButton } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { CheckIcon, CloseIcon, InfoIcon, LinkIcon } from "../../ui/icons";
import { shareDrawing } from "./api";
import { told } from "./file";
import { type Drawing, visible } from "./marks";
import styles from "./share.module.css";
import type { Settings } from "./store";
import { type Arriving, NAMED } from "./use-arrival";
import { useWords, type Words } from "./words";

type Said = { link: string; copied: boolean } | { problem: unknown };
type Telling = { drawing: Drawing; settings: Settings | undefined; said: Said };

/** Whether the clipboard took it: browsers have none for pages over plain http, but for those of this machine. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

async function share(bundle: BundleCard, drawing: Drawing, settings: Settings | undefined): Promise<Said> {
  try {
    const id = await shareDrawing({
      model: bundle.id,
      k: settings?.k ?? null,
      t: settings?.own ?? null,
      colours: settings?.colours ?? null,
      drawing: told(drawing.marks),
    });
    const link = `${window.location.origin}${ROOT}/draw/${encodeURIComponent(bundle.id)}?${NAMED}=${id}`;
    return { link, copied: await copied(link) };
  } catch (problem) {
    return { problem };
  }
}

/** Why a drawing is not shared, in the language of the page as far as that is to be expected. */
function refusal(problem: unknown, words: Words, sentence: (error: unknown) => string): string {
  const own: Record<number, string> = { 413: words.linkLarge, 507: words.linkFull };
  return (problem instanceof Problem && own[problem.status]) || sentence(problem);
}

export type Sharing = {
  copy: () => Promise<void>;
  busy: boolean;
  /** Of the drawing as it is now: after the next stroke there is nothing to say. */
  said: Said | undefined;
};

/** Nothing where sharing is not allowed. */
export function useSharing(bundle: BundleCard, drawing: Drawing, settings: Settings | undefined): Sharing | undefined {
  const words = useWords();
  const shares = useHealth()?.shares;
  const [busy, setBusy] = useState(false);
  const [telling, setTelling] = useState<Telling>();
  if (!shares || !bundle.drawing_direction) return undefined;
  const copy = async () => {
    if (visible(drawing.marks).some((mark) => mark.kind === "picture")) {
      setTelling({ drawing, settings, said: { problem: new Error(words.linkPhoto) } });
      return;
    }
    setBusy(true);
    setTelling({ drawing, settings, said: await share(bundle, drawing, settings) });
    setBusy(false);
  };
  const current = telling?.drawing === drawing && telling.settings === settings;
  return { copy, busy, said: current ? telling.said : undefined };
}

export function CopyLink({ sharing: { copy, busy, said }, blank }: { sharing: Sharing; blank: boolean }) {
  const words = useWords();
  return (
    <Button
      variant="bare"
      isDisabled={blank}
      isPending={busy}
      aria-label={`${words.copyLink}: ${words.copyLinkHelp}`}
      onPress={copy}
    >
      {said && "link" in said && said.copied ? <CheckIcon /> : <LinkIcon />}
      {words.copyLink}
    </Button>
  );
}

/** What came of copying. It stands on the page before there is anything to say, so that it is read out. */
export function LinkSaid({ sharing: { said } }: { sharing: Sharing }) {
  const words = useWords();
  const sentence = useErrorSentence();
  return (
    <div className={`${styles.linkSaid} small`} role="status">
      {said && "problem" in said && <p>{refusal(said.problem, words, sentence)}</p>}
      {said && "link" in said && <p>{said.copied ? words.linkCopied : words.linkShown}</p>}
      {said && "link" in said && !said.copied && (
        <div className="field">
          <input readOnly value={said.link} aria-label={words.link} onFocus={(event) => event.currentTarget.select()} />
        </div>
      )}
    </div>
  );
}

/** What the page says of a drawing that came by link, or did not come. */
export function Arrived({ arriving }: { arriving: Arriving }) {
  const words = useWords();
  if (arriving.error !== undefined)
    return <ProblemNote error={arriving.gone ? new Error(words.linkGone) : arriving.error} />;
  return (
    <div role="status">
      {arriving.here && !arriving.back && <p className="sr-only">{words.arrived}</p>}
      {arriving.here && arriving.back && (
        <div className={`note note-info ${styles.arrived}`}>
          <InfoIcon />
          <p className="note-body">{words.arrivedOver}</p>
          <Button onPress={arriving.back}>{words.ownBack}</Button>
          <IconButton name={words.close} onPress={arriving.close}>
            <CloseIcon />
          </IconButton>
        </div>
      )}
    </div>
  );
}
