import { Language } from '../console/parts/Language.tsx';
import { Modes } from '../console/parts/Modes.tsx';
import { GROUPS, keyOf } from './groups.ts';
import { Drawn } from './InFrame.tsx';
import type { Part, State } from './state.ts';

/** Everything, in the mode and the language that are chosen above. */
export function Page() {
  return (
    <main class="all-parts">
      <header class="page-head">
        <h1>Parts of the console</h1>
        <span class="push" />
        <Modes />
        <Language />
      </header>
      {GROUPS.map(({ name, parts }) => (
        <section key={name} aria-label={name}>
          <h2>{name}</h2>
          {parts.map((part) => (
            <section key={part.name} data-part={part.name} aria-label={part.name}>
              <h3>{part.name}</h3>
              <div class={part.isWide === true ? 'states are-wide' : 'states'}>
                {part.states.map((state) => (
                  <OneState key={state.name} part={part} state={state} />
                ))}
              </div>
            </section>
          ))}
        </section>
      ))}
    </main>
  );
}

function OneState({ part, state }: { readonly part: Part; readonly state: State }) {
  const key = keyOf(part, state);
  return (
    <figure>
      <figcaption class="meta">{state.name}</figcaption>
      {state.high === undefined ? <Drawn state={state} /> : <iframe src={`?${new URLSearchParams({ state: key }).toString()}`} title={key} name={key} style={{ blockSize: `${state.high}px` }} />}
    </figure>
  );
}
