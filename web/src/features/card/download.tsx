// What the card is for, and its files.
import { useMutation } from "@tanstack/react-query";
import { FileTrigger } from "react-aria-components";
import { Button, Choice, Toggle } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote } from "../../ui/feedback";
import { DownloadIcon } from "../../ui/icons";
import { Select } from "../../ui/select";
import { cardForBank, type Kit, type PrintWish, printCard, type Target } from "./api";
import styles from "./card.module.css";
import { useWords } from "./words";

type Props = {
  kit: Kit;
  target: Target;
  setTarget: (next: Target) => void;
  wish: PrintWish;
  setWish: (next: PrintWish) => void;
  design: string;
  picture: Blob | undefined;
  bundle: string;
};

export function Downloads({ kit, target, setTarget, wish, setWish, design, picture, bundle }: Props) {
  const words = useWords();
  const prints = target.purpose === "print";
  const shop = kit.shops.find(({ name }) => name === target.profile);
  const bank = kit.banks.find(({ name }) => name === target.profile);
  const file = useMutation({
    mutationFn: async (given: Blob) =>
      prints ? printCard(given, design, target, bundle, wish) : cardForBank(given, design, target, bundle),
    onSuccess: (made) => download(made, prints ? "card.pdf" : "card.jpg"),
  });
  return (
    <section className={styles.files} aria-label={words.files}>
      <h2>{words.files}</h2>
      <Choice
        label={words.purpose}
        hideLabel
        value={target.purpose}
        onChange={(purpose) => setTarget({ ...target, purpose, profile: "default" })}
        options={(["print", "bank"] as const).map((value) => ({ value, text: words.purposes[value] }))}
      />
      <Select
        label={prints ? words.profile : words.bank}
        value={target.profile}
        onChange={(profile) => setTarget({ ...target, profile })}
        options={(prints ? kit.shops : kit.banks).map(({ name, title }) => ({ id: name, name: title }))}
      />
      <p className="quiet small">
        {prints && shop && words.shopTakes(shop.width, shop.height, shop.safe, shop.ink)}
        {!prints && bank && words.bankTakes(bank.width, bank.height, bank.megabytes)}
      </p>
      {prints && <PrintOptions kit={kit} target={target} setTarget={setTarget} wish={wish} setWish={setWish} />}
      {file.error && <ProblemNote error={file.error} />}
      <Button variant="solid" isDisabled={!picture || file.isPending} onPress={() => picture && file.mutate(picture)}>
        <DownloadIcon />
        {prints ? words.savePdf : words.saveJpeg}
      </Button>
      <Button isDisabled={!picture} onPress={() => picture && download(picture, "drawing.png")}>
        {words.savePicture}
      </Button>
      <p className="quiet small" role="status">
        {file.isPending ? words.writing : words.mark}
      </p>
    </section>
  );
}

function PrintOptions({ kit, target, setTarget, wish, setWish }: Omit<Props, "design" | "picture" | "bundle">) {
  const words = useWords();
  const sheets = [
    { id: "", name: words.sheetOne },
    ...kit.sheets.map((name) => ({ id: name, name: words.sheetOf(name.toUpperCase()) })),
  ];
  return (
    <>
      <div className={styles.icc}>
        <span>
          {words.icc}: <span className="quiet">{target.icc?.name ?? words.iccNone}</span>
        </span>
        <FileTrigger
          acceptedFileTypes={[".icc", ".icm"]}
          onSelect={(files) => files?.[0] && setTarget({ ...target, icc: files[0] })}
        >
          <Button>{words.iccChoose}</Button>
        </FileTrigger>
        {target.icc && (
          <Button variant="bare" onPress={() => setTarget({ ...target, icc: null })}>
            {words.iccRemove}
          </Button>
        )}
      </div>
      <Select
        label={words.sheet}
        value={wish.sheet ?? ""}
        onChange={(sheet) => setWish({ ...wish, sheet: sheet || null })}
        options={sheets}
      />
      <Toggle text={words.statement} value={wish.statement} onChange={(statement) => setWish({ ...wish, statement })} />
    </>
  );
}
