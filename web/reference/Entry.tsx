// One operation, or one kind of events: who may, what it takes, what it answers, and how it is called.
import { useEffect, useRef } from 'preact/hooks';

import type { Entry as Shown, Operation, Parameter, Schema } from './documents.ts';
import { Member, Members } from './Members.tsx';
import { type Find, finder, membersOf, sample, typeOf } from './schemas.ts';
import { told } from './state.ts';
import { texts } from './texts.ts';
import { Words } from './Words.tsx';

function Who({ operation }: { readonly operation: Operation }) {
  const { allOf, anyOf } = operation['x-permissions'] ?? {};
  const one = operation['x-permission'];
  const [words, names] =
    one !== undefined
      ? [texts.permission, [one]]
      : allOf !== undefined
        ? [texts.allOf, allOf]
        : anyOf !== undefined
          ? [texts.anyOf, anyOf]
          : [(operation.security ?? []).length > 0 ? texts.loggedIn : texts.anyone, []];
  return (
    <ul class="who">
      <li>
        {words}{' '}
        {names.map((name) => (
          <code key={name} dir="ltr">
            {name}
          </code>
        ))}
      </li>
      {operation['x-second-factor'] === true && <li>{texts.secondFactor}</li>}
      {operation.deprecated === true && <li>{texts.deprecated}</li>}
    </ul>
  );
}

function Parameters({ title, list, find }: { readonly title: string; readonly list: readonly Parameter[]; readonly find: Find }) {
  if (list.length === 0) {
    return null;
  }
  return (
    <section>
      <h2>{title}</h2>
      <ul class="members">
        {list.map((one) => (
          <Member
            key={one.name}
            name={one.in === 'path' ? `{${one.name}}` : one.name}
            schema={one.schema}
            find={find}
            required={one.required === true}
            about={one.description}
          />
        ))}
      </ul>
    </section>
  );
}

function Code({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section>
      <h3>{title}</h3>
      <pre dir="ltr">
        <code>{text}</code>
      </pre>
    </section>
  );
}

const pretty = (value: unknown) => JSON.stringify(value, undefined, 2);

/** Within single quotes, as a shell reads them. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** With what has to be there, and the log-in in variables. */
function curl({ source, method, path, document, operation }: Shown, body: unknown): string {
  const wanted = (operation.parameters ?? []).filter((one) => one.in === 'query' && one.required === true);
  const query = wanted.map(({ name }) => `${name}=…`).join('&');
  const url = `${document.servers[0]?.url.replace(/\/$/, '') ?? ''}${path}${query === '' ? '' : `?${query}`}`;
  const isFile = operation.requestBody?.content['multipart/form-data'] !== undefined;
  const logIn =
    (operation.security ?? []).length === 0
      ? []
      : source === 'hark'
        ? ['-H "Authorization: Bearer $HARK_TOKEN"']
        : ['-H "X-User-Id: $HARK_USER_ID"', '-H "X-Auth-Token: $HARK_TOKEN"'];
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quoted(url)}`,
    ...logIn,
    ...(isFile ? ['-F file=@picture.png'] : []),
    ...(body === undefined ? [] : ["-H 'Content-Type: application/json'", `-d ${quoted(pretty(body))}`]),
  ];
  return lines.join(' \\\n  ');
}

function Body({ schema, find }: { readonly schema: Schema; readonly find: Find }) {
  return (
    <>
      {membersOf(schema, find).length === 0 && (
        <p>
          <code class="type" dir="ltr">
            {typeOf(schema, find)}
          </code>
        </p>
      )}
      <Members schema={schema} find={find} />
    </>
  );
}

function Answers({ operation, find }: { readonly operation: Operation; readonly find: Find }) {
  return (
    <section>
      <h2>{texts.answers}</h2>
      {Object.entries(operation.responses)
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([status, answer]) => {
          const [media] = Object.values(answer.content ?? {});
          return (
            <section key={status}>
              <h3>
                <span dir="ltr">{status}</span> <Words text={answer.description} />
              </h3>
              {status.startsWith('2') && media?.schema !== undefined && <Body schema={media.schema} find={find} />}
              {media?.example !== undefined && <Code title={texts.example} text={pretty(media.example)} />}
            </section>
          );
        })}
    </section>
  );
}

/** Ours comes first. */
const rank = ([dialect]: readonly [string, unknown]) => (dialect === 'standard' ? 0 : 1);

/** Its body in each dialect that has a word for it. */
function Told({ kind }: { readonly kind: string }) {
  const dialects = Object.entries(told.value?.get(kind) ?? {});
  return dialects.toSorted((one, other) => rank(one) - rank(other)).map(([dialect, { schema, example }]) => (
    <section key={dialect}>
      <h2>
        <code dir="ltr">{dialect}</code>
      </h2>
      <Code title={texts.example} text={pretty(example)} />
      <Body schema={schema} find={finder(schema)} />
    </section>
  ));
}

export function Entry({ entry }: { readonly entry: Shown }) {
  const { operation, document: whole, method, path, source } = entry;
  const heading = useRef<HTMLHeadingElement>(null);
  const find = finder(whole);
  useEffect(() => {
    document.title = `${operation.summary} · ${texts.title}`;
    heading.current?.focus();
  }, [entry]);
  const isEvent = source === 'events';
  const parameters = operation.parameters ?? [];
  const media = operation.requestBody?.content['application/json'];
  const body = media?.example ?? (media?.schema === undefined ? undefined : sample(media.schema, find));
  return (
    <article>
      <h1 tabIndex={-1} ref={heading}>
        <Words text={operation.summary} />
      </h1>
      <p class="address">
        <code dir="ltr">
          {method !== '' && <b class={`method ${method.toLowerCase()}`}>{method}</b>} {path}
        </code>
      </p>
      {!isEvent && <Who operation={operation} />}
      <Parameters
        title={isEvent ? texts.headers : texts.parameters}
        list={parameters}
        find={find}
      />
      {isEvent ? (
        <Told kind={path} />
      ) : (
        <>
          {media?.schema !== undefined && (
            <section>
              <h2>{texts.body}</h2>
              <Body schema={media.schema} find={find} />
              {media.example !== undefined && <Code title={texts.example} text={pretty(media.example)} />}
            </section>
          )}
          <Answers operation={operation} find={find} />
          <Code title={texts.call} text={curl(entry, body)} />
        </>
      )}
    </article>
  );
}
