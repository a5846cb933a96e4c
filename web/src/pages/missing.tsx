import { Link } from "wouter";
import { Empty } from "../parts/feedback";
import { useTitle } from "../parts/title";
import { useWords } from "../words/words";

export function MissingPage() {
  const words = useWords().missing;
  useTitle(words.title);
  return (
    <Empty title={words.title}>
      <p>{words.text}</p>
      <Link href="/" className="press press-solid">
        {words.home}
      </Link>
    </Empty>
  );
}
