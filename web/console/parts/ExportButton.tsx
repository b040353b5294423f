import { t } from '../texts.ts';
import { type Cell, saveTable } from './csv.ts';
import { Icon } from './Icon.tsx';

interface Props {
  /** What the file is called. */
  readonly name: string;
  /** The heads of the columns, and the rows as they are shown. */
  readonly table: () => readonly (readonly Cell[])[];
}

/** What a list shows, as a file for programs for tables. */
export function ExportButton({ name, table }: Props) {
  return (
    <button type="button" class="icon-button bordered" aria-label={t('exportShown')} title={t('exportShown')} onClick={() => saveTable(name, table())}>
      <Icon name="download" />
    </button>
  );
}
