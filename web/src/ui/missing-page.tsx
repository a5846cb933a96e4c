import { Link } from "wouter";
import { useWords } from "../i18n/provider";
import { Empty } from "./feedback";
import { useTitle } from "./use-title";

export function MissingPage() {
  const words = useWords().missing;
  useTitle(words.title);
  return (
    <Empty alone title={words.title}>
      <p>{words.text}</p>
      <Link href="/" className="button button-solid">
        {words.home}
      </Link>
    </Empty>
  );
}
