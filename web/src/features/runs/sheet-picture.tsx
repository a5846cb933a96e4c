// A sample sheet; where its picture does not come, an empty frame with words until the studio answers again.
import { useEffect, useState } from "react";
import { kimg } from "../../i18n/numbers";
import { useLost } from "../../ui/lost";
import styles from "./run.module.css";
import { useWords } from "./words";

export function SheetPicture({ url, nimg }: { url: string; nimg: number }) {
  const words = useWords();
  const lost = useLost();
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    if (!lost) setFailed(null);
  }, [lost]);
  const sheet = words.sheetAt(kimg(nimg / 1000));
  if (failed !== url) return <img src={url} alt={sheet} onError={() => setFailed(url)} />;
  return (
    <p className={`${styles.sheetMissing} quiet`}>
      {sheet}: {words.sheetMissing}
    </p>
  );
}
