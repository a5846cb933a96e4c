// How a value was measured: in short, and each part of the protocol with its name.
import { figure } from "../../i18n/numbers";
import { useWords } from "./words";

type Protocol = Readonly<Record<string, unknown>>;

export function ProtocolOf({ protocol }: { protocol: Protocol }) {
  const words = useWords();
  const names: Readonly<Record<string, string>> = words.protocolNames;
  const parts = Object.entries(protocol).filter(([, each]) => each !== null && typeof each !== "object");
  if (parts.length === 0) return null;
  const { real_count: real, fake_count: fake } = protocol;
  return (
    <details>
      <summary>
        {typeof real === "number" && typeof fake === "number" ? words.measuredOn(real, fake) : words.protocol}
      </summary>
      <dl>
        {parts.map(([key, each]) => (
          <div key={key}>
            <dt>{names[key] ?? key.replaceAll("_", " ")}</dt>
            <dd className="figures">{shown(key, each, words.protocolValues)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function shown(key: string, value: unknown, values: Readonly<Record<string, string>>): string {
  if (typeof value === "number") return key === "seed" ? String(value) : figure(value);
  const text = String(value);
  return values[text] ?? (/^[0-9a-f]{32,}$/.test(text) ? `${text.slice(0, 8)}…` : text);
}
