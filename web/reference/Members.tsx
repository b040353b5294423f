// What an object is made of, a line for each member; what is inside of a member opens below it.
import { useState } from 'preact/hooks';

import type { Schema } from './documents.ts';
import { choicesOf, type Find, membersOf, present, typeOf } from './schemas.ts';
import { texts } from './texts.ts';
import { Words } from './Words.tsx';

interface Shown {
  readonly schema: Schema;
  readonly find: Find;
}

interface Line extends Shown {
  readonly name: string;
  readonly required: boolean;
  readonly about?: string | undefined;
}

export function Member({ name, schema, find, required, about }: Line) {
  const [whole] = present(schema, find);
  const description = about ?? whole.description;
  return (
    <li class="member">
      <p class="name">
        <code dir="ltr">{name}</code> <code class="type" dir="ltr">{typeOf(schema, find)}</code>{' '}
        {required && <span class="required">{texts.required}</span>}
      </p>
      {description !== undefined && (
        <p>
          <Words text={description} />
        </p>
      )}
      <Inside schema={schema} find={find} />
    </li>
  );
}

/** Drawn only while it is open: schemas lead to each other. */
function Inside({ schema, find }: Shown) {
  const [open, setOpen] = useState(false);
  const hasMore = membersOf(schema, find).length > 0 || choicesOf(schema, find).some((one) => membersOf(one, find).length > 0);
  if (!hasMore) {
    return null;
  }
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{texts.members}</summary>
      {open && <Members schema={schema} find={find} />}
    </details>
  );
}

export function Members({ schema, find }: Shown) {
  const choices = choicesOf(schema, find).filter((choice) => membersOf(choice, find).length > 0);
  const members = membersOf(schema, find);
  return (
    <>
      {members.length > 0 && (
        <ul class="members">
          {members.map(([name, member, required]) => (
            <Member key={name} name={name} schema={member} find={find} required={required} />
          ))}
        </ul>
      )}
      {choices.map((choice, place) => (
        <section key={place}>
          <p class="choice">{texts.choice.replace('{count}', String(place + 1))}</p>
          <Members schema={choice} find={find} />
        </section>
      ))}
    </>
  );
}
