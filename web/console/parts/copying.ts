// Puts a text where it can be pasted from.
import { complain, say } from '../live/toasts.ts';
import { t } from '../texts.ts';

/** Pages that came over plain http have no clipboard: there the older way works, with a text that is selected for the moment. */
function copySelected(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.className = 'unseen';
  area.value = text;
  // In a dialog nothing else can be selected, and what floats closes when the focus leaves it.
  (before?.parentElement ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) {
    before.focus();
  }
  return isCopied;
}

/** Answers whether it is there; if not, that is said. */
export async function copy(text: string): Promise<boolean> {
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  const isThere = await clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  const isCopied = isThere === true || copySelected(text);
  if (!isCopied) {
    complain(t('cannotCopy'));
  }
  return isCopied;
}

/** Where nothing beside it shows that it is there. */
export async function copyAndSay(text: string): Promise<void> {
  if (await copy(text)) {
    say(t('copied'));
  }
}
