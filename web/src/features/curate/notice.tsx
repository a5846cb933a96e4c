// What the other pages show of a review: an entry in the navigation and a notice above the home page.
import { Link } from "wouter";
import { useHealth } from "../../api/queries";
import styles from "./notice.module.css";
import { useWords } from "./words";

const useCatalogue = () => useHealth()?.catalogue ?? null;

export const useCatalogueOpen = () => useCatalogue() !== null;

export function CatalogueNotice() {
  const words = useWords();
  const catalogue = useCatalogue();
  if (catalogue === null) return null;
  return (
    <p className={styles.call}>
      {words.call(catalogue)}
      <Link href="/review" className="button button-solid">
        {words.callGo}
      </Link>
    </p>
  );
}
