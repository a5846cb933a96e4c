// What one does next with a picture that a model made: enlarge it, change it, put it on a card, copy it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useLocation } from "wouter";
import { bundleAddress, can } from "../api/bundles";
import { giveOn } from "../api/handover";
import { bundlesQuery } from "../api/queries";
import { useWords } from "../i18n/provider";
import { Button } from "./controls";
import { ChevronDownIcon } from "./icons";
import { asPng, contentOf } from "./picture-content";

/** Puts a picture on the clipboard. @throws when the browser does not let the page. */
async function copyPicture(picture: Blob): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(picture) })]);
}

/** A button that opens what can be done with a picture elsewhere. */
export function Onward({
  name,
  picture,
  enlarges = true,
}: {
  /** Of the picture's file on the other page. */
  name: string;
  /** The picture, as a file or an address; undefined: there is none yet. */
  picture: Blob | string | undefined;
  /** Whether to offer models that enlarge; left out: yes. */
  enlarges?: boolean;
}) {
  const words = useWords().onward;
  const [, go] = useLocation();
  const [said, setSaid] = useState("");
  const models = useQuery(bundlesQuery).data?.bundles.filter(({ page }) => page === "translate") ?? [];
  const larger = enlarges ? models.find((each) => can(each, "enlarges")) : undefined;
  const read = async () => (typeof picture === "string" ? contentOf(picture) : (picture as Blob));
  const send = async (address: string) => {
    const content = await read();
    giveOn(new File([content], name, { type: content.type }));
    go(address);
  };
  const copy = async () => {
    try {
      await copyPicture(await read());
      setSaid(words.copied);
    } catch {
      setSaid(words.notCopied);
    }
    setTimeout(() => setSaid(""), 4000);
  };
  const items: [id: string, text: string, act: () => Promise<void>][] = [
    ...(larger ? [["enlarge", words.enlarge, () => send(bundleAddress(larger))] as const] : []),
    ...(models.length ? [["translate", words.translate, () => send("/translate")] as const] : []),
    ["card", words.card, () => send("/card")],
    ["copy", words.copy, copy],
  ].map((item) => item as [string, string, () => Promise<void>]);
  return (
    <>
      <MenuTrigger>
        <Button isDisabled={picture === undefined}>
          {words.open}
          <ChevronDownIcon />
        </Button>
        <Popover className="popover" offset={4}>
          <Menu className="list" onAction={(key) => void items.find(([id]) => id === key)?.[2]()}>
            {items.map(([id, text]) => (
              <MenuItem key={id} id={id} className="list-item">
                {text}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <span role="status" className="quiet small">
        {said}
      </span>
    </>
  );
}
