// What can be done with an upload: go on with it after an interruption, add to it, delete it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { deleteSet, type PictureSetDetail, setQuery, setsQuery } from "./api";
import { PicturesDrop } from "./drop";
import styles from "./train.module.css";
import { useWords } from "./words";

export function Upload({ set, refresh }: { set: PictureSetDetail; refresh: () => Promise<unknown> }) {
  const words = useWords();
  const { name, expected } = set;
  return (
    <>
      {expected !== null && (
        <p role="status" className="worry worry-warning">
          {words.interrupted(set.count + set.music, expected)}
        </p>
      )}
      <details className={styles.more} open={expected !== null}>
        <summary>{expected === null ? words.more : words.goOn}</summary>
        <PicturesDrop into={name} resuming={expected !== null} arrived={refresh} />
      </details>
      <Delete name={name} />
    </>
  );
}

function Delete({ name }: { name: string }) {
  const words = useWords();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteSet(name),
    onSuccess: () => {
      client.removeQueries({ queryKey: setQuery(name).queryKey });
      void client.invalidateQueries({ queryKey: setsQuery.queryKey, exact: true });
      go("/train");
    },
  });
  return (
    <div className={styles.more}>
      {asking ? (
        <div className={styles.jobHead} role="group" aria-label={words.delete}>
          <p>{words.deleteSure}</p>
          <Button variant="solid" isDisabled={remove.isPending} onPress={() => remove.mutate()}>
            {words.delete}
          </Button>
          <Button onPress={() => setAsking(false)}>{words.keep}</Button>
        </div>
      ) : (
        <Button variant="bare" onPress={() => setAsking(true)}>
          {words.deletePictures}
        </Button>
      )}
      {remove.error !== null && <ProblemNote error={remove.error} />}
    </div>
  );
}
