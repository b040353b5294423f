import '../console/look/tokens.css';
import './look.css';

import { render } from 'preact';

import { Entry } from './Entry.tsx';
import { ROOT, type Source, SOURCES } from './documents.ts';
import { address, chosen, elsewhere, entries, groups, hrefOf, search, start, trouble } from './state.ts';
import { count, texts } from './texts.ts';
import { Words } from './Words.tsx';

const DOCUMENTS: Readonly<Record<Source, string>> = {
  hark: 'api/hark/v1/openapi.json',
  rocketchat: 'api/hark/v1/rocketchat/openapi.json',
  events: 'api/hark/v1/openapi.json',
};

function List() {
  const shown = groups.value;
  const many = shown.reduce((all, group) => all + group.entries.length, 0);
  return (
    <nav aria-label={texts.list} class="list">
      <label class="search">
        <span>{texts.search}</span>
        <input
          type="search"
          autocomplete="off"
          spellcheck={false}
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value;
          }}
        />
      </label>
      <p role="status">{entries.value.length > 0 && count(texts.found, many)}</p>
      {shown.map(({ name, about, entries: list }) => (
        <details
          key={`${address.value.source} ${name}`}
          open={search.value.trim() !== '' || list.some((entry) => entry === chosen.value)}
        >
          <summary>
            <code dir="ltr">{name}</code>{' '}
            <span class="about">
              <Words text={about} />
            </span>
          </summary>
          <ul>
            {list.map((entry) => (
              <li key={entry.id}>
                <a href={hrefOf(entry)} aria-current={entry === chosen.value ? 'page' : undefined}>
                  <Words text={entry.operation.summary} />{' '}
                  <code dir="ltr">
                    {entry.method} {entry.path.replace(/^\/api\/(hark\/)?v1\//, '')}
                  </code>
                </a>
              </li>
            ))}
          </ul>
        </details>
      ))}
      {elsewhere.value.map(([part, found]) => (
        <p key={part}>
          <a href={`#${part}`}>
            {texts[part]}: {count(texts.found, found)}
          </a>
        </p>
      ))}
    </nav>
  );
}

function Page() {
  const { source, id } = address.value;
  const entry = chosen.value;
  return (
    <div class={id === '' ? 'page' : 'page reading'}>
      <header>
        <p class="title">
          <a href={ROOT}>Hark</a> · {texts.title}
        </p>
        <nav aria-label={texts.parts}>
          {SOURCES.map((part) => (
            <a key={part} href={`#${part}`} aria-current={part === source ? 'true' : undefined}>
              {texts[part]}
            </a>
          ))}
        </nav>
      </header>
      <List />
      <main>
        {id !== '' && (
          <p class="back">
            <a href={`#${source}`}>{texts.all}</a>
          </p>
        )}
        {entry === undefined ? (
          <article>
            <h1>{texts.title}</h1>
            <p>{trouble.value ? texts.failed : entries.value.length === 0 ? texts.loading : texts.choose}</p>
          </article>
        ) : (
          <Entry key={hrefOf(entry)} entry={entry} />
        )}
        <p class="document">
          <a href={`${ROOT}${DOCUMENTS[source]}`}>{texts.document}</a>
        </p>
      </main>
    </div>
  );
}

document.title = `Hark: ${texts.title}`;
start();
render(<Page />, document.body);
