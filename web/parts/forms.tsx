import { Checks } from '../console/parts/Checks.tsx';
import { ChipsField } from '../console/parts/ChipsField.tsx';
import { FaultLine } from '../console/parts/FaultLine.tsx';
import { ChoiceField, Field, TextField } from '../console/parts/Field.tsx';
import type { Form } from '../console/parts/form.ts';
import { Locked } from '../console/parts/Locked.tsx';
import { SaveAs } from '../console/parts/SaveAs.tsx';
import { SaveBar } from '../console/parts/SaveBar.tsx';
import { Wrong } from '../console/parts/Wrong.tsx';
import { Refused } from '../shared/answers.ts';
import { LONG, LONG_ADDRESS, LONG_WORD, NAMES, never, nothing } from './data.ts';
import type { Group } from './state.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map((day) => [day, day] as const);

interface Department {
  readonly name: string;
  readonly email: string;
}

const KEPT: Department = { name: 'Support', email: 'support@kiln-and-clay.example' };
const NAMED = { name: 'Name', email: 'E-mail' };

const form = (more: Partial<Form<Department>>): Form<Department> => ({
  value: { ...KEPT, name: 'Help with parcels' },
  was: KEPT,
  changed: ['name'],
  faulty: [],
  of: () => ({ isChanged: false, error: undefined }),
  change: nothing,
  discard: nothing,
  save: nothing,
  fault: '',
  isBusy: false,
  conflict: undefined,
  takeTheirs: nothing,
  saveOver: nothing,
  ...more,
});

const CONFLICT = { theirs: { ...KEPT, name: 'Service' }, changer: { name: 'Jonas Keller', at: new Date(2026, 10, 24, 14, 31).getTime() } };

export const FORMS: Group = {
  name: 'Forms',
  parts: [
    {
      name: 'Field',
      states: [
        { name: 'rest', draw: () => <TextField label="Name" value="Order desk" change={nothing} /> },
        { name: 'help', draw: () => <TextField label="Name" help="Visitors see it above each answer." value="Order desk" change={nothing} /> },
        { name: 'focus', focus: 'input', draw: () => <TextField label="Name" value="Order desk" change={nothing} /> },
        { name: 'empty', draw: () => <TextField label="Webhook URL" value="" placeholder="https://" isCode change={nothing} /> },
        { name: 'changed', draw: () => <TextField label="Name" isChanged value="Help with parcels" change={nothing} /> },
        { name: 'error', draw: () => <TextField label="Webhook URL" isCode error="An address begins with https:// or http://" value="crm.kiln-and-clay.example/hook" change={nothing} /> },
        { name: 'disabled', draw: () => <Field label="Name" control={(given) => <input {...given} value="Order desk" disabled />} /> },
        { name: 'long text', draw: () => <TextField label={LONG} help={LONG_WORD} isCode value={LONG_ADDRESS} change={nothing} /> },
        { name: 'several lines', draw: () => <TextField label="Greeting" rows={3} value={LONG} change={nothing} /> },
        { name: 'one of several', draw: () => <ChoiceField label="Department" value="Support" change={nothing} choices={[['Support', 'Support'], ['Sales', 'Sales']]} /> },
      ],
    },
    {
      name: 'Wrong',
      states: [
        { name: 'rest', draw: () => <Wrong id="wrong" words="This is not an e-mail address." /> },
        { name: 'long text', draw: () => <Wrong id="wrong-long" words={LONG} /> },
      ],
    },
    {
      name: 'ChipsField',
      states: [
        { name: 'rest', draw: () => <ChipsField label="Tags" words={['breakage', 'parcel']} change={nothing} /> },
        { name: 'focus', focus: 'input', draw: () => <ChipsField label="Tags" words={['breakage', 'parcel']} change={nothing} offered={['refund']} /> },
        { name: 'empty', draw: () => <ChipsField label="Tags" help="Enter or a comma ends each." words={[]} change={nothing} /> },
        { name: 'changed', draw: () => <ChipsField label="Tags" isChanged words={['breakage']} change={nothing} /> },
        { name: 'many, long', draw: () => <ChipsField label="Agents" words={[...NAMES, LONG_WORD]} change={nothing} /> },
      ],
    },
    {
      name: 'Checks',
      states: [
        { name: 'rest', draw: () => <Checks label="Open on" choices={DAYS.slice(0, 3)} chosen={['Monday']} choose={nothing} /> },
        { name: 'focus, help', focus: 'input', draw: () => <Checks label="Open on" help="On other days visitors leave a message." choices={DAYS.slice(0, 3)} chosen={['Monday']} choose={nothing} /> },
        { name: 'disabled', draw: () => <Checks label="Open on" choices={DAYS.slice(0, 3)} chosen={['Monday']} choose={nothing} isFixed /> },
        { name: 'error', draw: () => <Checks label="Open on" error="This cannot be empty." choices={DAYS.slice(0, 3)} chosen={[]} choose={nothing} /> },
        { name: 'many, long', draw: () => <Checks label="Open on" choices={[...DAYS, ['long', LONG]]} chosen={['Monday', 'long']} choose={nothing} /> },
      ],
    },
    {
      name: 'Locked',
      states: [
        { name: 'rest', draw: () => <Locked>Set by HARK_SITE_URL</Locked> },
        { name: 'long text', draw: () => <Locked>{LONG}</Locked> },
      ],
    },
    {
      name: 'FaultLine',
      states: [
        { name: 'empty: nothing is said', draw: () => <FaultLine words="" /> },
        { name: 'error', draw: () => <FaultLine words="The server does not answer. Try again in a moment." /> },
        { name: 'long text', draw: () => <FaultLine words={LONG} /> },
      ],
    },
    {
      name: 'SaveAs',
      states: [
        { name: 'rest', draw: () => <div class="line"><SaveAs verb="Save report" icon="star" look="button" label="Name" save={never} /><SaveAs verb="Save as a view" icon="plus" look="filter" label="Name" save={never} /></div> },
        { name: 'open', high: 180, press: ['button'], draw: () => <SaveAs verb="Save as a view" icon="plus" look="filter" label="Name of the view" suggested="Noor, Closed" save={never} /> },
        { name: 'error', high: 220, press: ['button', '.primary'], draw: () => <SaveAs verb="Save report" icon="star" look="button" label="Name" suggested="Monday round" save={async () => await Promise.reject(new Refused(400, { error: 'There is a report of this name already.' }))} /> },
      ],
    },
    {
      name: 'SaveBar',
      isWide: true,
      states: [
        { name: 'empty: nothing is changed, so it is not there', draw: () => <SaveBar form={form({ changed: [] })} names={NAMED} /> },
        { name: 'a change', draw: () => <SaveBar form={form({})} names={NAMED} /> },
        { name: 'many', draw: () => <SaveBar form={form({ changed: ['name', 'email'] })} names={NAMED} /> },
        { name: 'focus', focus: '.primary', draw: () => <SaveBar form={form({})} names={NAMED} /> },
        { name: 'busy', draw: () => <SaveBar form={form({ isBusy: true })} names={NAMED} /> },
        { name: 'error', draw: () => <SaveBar form={form({ fault: 'There is a department of this name already.' })} names={NAMED} /> },
        { name: 'a field is wrong', draw: () => <SaveBar form={form({ faulty: ['name', 'email'] })} names={NAMED} /> },
        { name: 'somebody was first', draw: () => <SaveBar form={form({ conflict: CONFLICT })} names={NAMED} /> },
      ],
    },
    {
      name: 'Compare',
      isWide: true,
      states: [
        { name: 'rest', high: 320, press: ['.save-bar .button'], draw: () => <SaveBar form={form({ conflict: CONFLICT })} names={NAMED} /> },
      ],
    },
  ],
};
