import { Link } from "wouter";
import { bundleAddress } from "../api/bundles";
import type { BundleCard } from "../api/types";
import { useModelTitle } from "../i18n/titles";
import { InfoIcon } from "./icons";

/** Says that a model is used on another page, and leads there. */
export function OtherPage({ bundle, text, open }: { bundle: BundleCard; text: string; open: string }) {
  const title = useModelTitle();
  return (
    <>
      <header className="page-head page-head-tight">
        <h1>{title(bundle)}</h1>
      </header>
      <div className="note note-info">
        <InfoIcon />
        <p className="note-body">{text}</p>
        <Link href={bundleAddress(bundle)} className="button button-solid">
          {open}
        </Link>
      </div>
    </>
  );
}
