import type { BundleCard } from "../../api/types";
import type { View } from "./address";
import { nameOf, pictureOf } from "./latent-point";
import styles from "./pair.module.css";
import { useWords } from "./words";

/** Each picture as it was and as it is after the change. */
export function BeforeAfter({ bundle, view, images }: { bundle: BundleCard; view: View; images: string[] }) {
  const words = useWords();
  return (
    <div className={styles.pairs} data-many={images.length > 1 || undefined}>
      {images.map((image, index) => {
        const point = view.base[index];
        if (!point) return null;
        const name = nameOf(point, bundle, words);
        return (
          // The order is the strip's; the same point may be there twice.
          // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
          <div className={styles.pair} key={`${index} ${name}`}>
            <figure>
              <img src={pictureOf(point, bundle.id, view.psi)} alt={words.beforeOf(name)} />
              <figcaption>{words.before}</figcaption>
            </figure>
            <figure>
              <img src={image} alt={words.afterOf(name)} />
              <figcaption>{words.after}</figcaption>
            </figure>
          </div>
        );
      })}
    </div>
  );
}
