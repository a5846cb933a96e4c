// The page for signing in: a token, or a link that holds one.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { FieldError, Form, Input, Label, Text, TextField } from "react-aria-components";
import { useLocation } from "wouter";
import { api, dataOf } from "../../api/client";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { useTitle } from "../../ui/use-title";
import styles from "./access.module.css";
import { useWords } from "./words";

const FRAGMENT = /^#token=([\w-]+)$/;

/** The token of the link that was opened. It leaves the address at once, so that it is not shown, shared or kept. */
function takeToken(): string {
  const token = FRAGMENT.exec(location.hash)?.[1] ?? "";
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export function SignInPage() {
  const words = useWords();
  useTitle(words.title);
  const client = useQueryClient();
  const [path, navigate] = useLocation();
  const [token, setToken] = useState("");
  const [name, setName] = useState("");
  const signIn = useMutation({
    mutationFn: (token: string) => dataOf(api.POST("/v1/session", { body: { token, name: name.trim() } })),
    onSuccess: async () => {
      await client.resetQueries(); // what was refused before may be allowed now
      if (path === "/sign-in") navigate("/", { replace: true });
    },
  });
  const { mutate } = signIn;
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) return;
    opened.current = true;
    const linked = takeToken();
    if (linked) mutate(linked);
  }, [mutate]);

  return (
    <section className={styles.page} aria-labelledby="sign-in">
      <header className="page-head">
        <h1 id="sign-in">{words.title}</h1>
        <p>{words.lead}</p>
      </header>
      {signIn.error !== null && <ProblemNote error={signIn.error} />}
      <Form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          mutate(token.trim());
        }}
      >
        <TextField
          className="field"
          value={token}
          onChange={setToken}
          type="password"
          isRequired
          maxLength={200}
          autoFocus
        >
          <Label>{words.token}</Label>
          <Input autoComplete="current-password" spellCheck={false} />
          <Text slot="description" className="quiet small">
            {words.tokenHelp}
          </Text>
          <FieldError className="small" />
        </TextField>
        <TextField className="field" value={name} onChange={setName} maxLength={100}>
          <Label>{words.name}</Label>
          <Input autoComplete="username" />
          <Text slot="description" className="quiet small">
            {words.nameHelp}
          </Text>
        </TextField>
        <Button variant="solid" type="submit" isDisabled={signIn.isPending || token.trim() === ""}>
          {signIn.isPending ? words.working : words.submit}
        </Button>
        <p className="quiet small">{words.kept}</p>
      </Form>
      <section className={styles.roles} aria-labelledby="roles">
        <h2 id="roles">{words.roles}</h2>
        <ul>
          <li>{words.player}</li>
          <li>{words.reviewer}</li>
          <li>{words.owner}</li>
        </ul>
      </section>
    </section>
  );
}
