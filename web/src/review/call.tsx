// What the other pages know of a review: whether there is one, in the navigation and on the home page.
import { Link, useLocation } from "wouter";
import { useHealth } from "../api/use-health";
import { useWords } from "./words";

const useCatalogue = () => useHealth()?.catalogue ?? null;

export function ReviewLink() {
  const words = useWords();
  const catalogue = useCatalogue();
  const [path] = useLocation();
  if (catalogue === null) return null;
  return (
    <Link href="/review" aria-current={path.startsWith("/review") ? "page" : undefined}>
      {words.nav}
    </Link>
  );
}

export function ReviewCall() {
  const words = useWords();
  const catalogue = useCatalogue();
  if (catalogue === null) return null;
  return (
    <p className="review-call">
      {words.call(catalogue)}
      <Link href="/review" className="press press-solid">
        {words.callGo}
      </Link>
    </p>
  );
}
