// A small choice of emoji, drawn by the visitor's system. Loaded when it is asked for.
import { memory, remember } from '../memory.ts';
import { t } from '../texts.ts';

const CHOICE =
  '😀 😃 😄 😁 😅 😂 🤣 😊 🙂 😉 😍 🥰 😘 😋 😎 🤩 🥳 🤔 🤨 😐 😶 🙄 😏 😬 😌 😔 😴 🤒 🤕 🤯 😕 🙁 😮 😲 😳 🥺 😢 😭 😱 😤 😡 🤬 🤗 🤭 🤫 🤝 👍 👎 👌 ✌️ 🤞 🤙 👋 🙌 👏 🙏 💪 👀 ❤️ 🧡 💛 💚 💙 💜 🖤 💔 💯 ✨ ⭐ 🔥 🎉 🎁 🎂 🌹 🌞 🌈 ☔ ❄️ ☕ 🍺 🍕 🍎 🐶 🐱 🚗 🚚 ✈️ 🏠 📦 📞 💻 📱 📷 🔑 🔒 💡 🔧 📎 📅 ⏰ 💳 💰 🛒 ✅ ❌ ❓ ❗ ⚠️ ➡️ ⬅️ 🆗'.split(
    ' ',
  );
const MOST_RECENT = 8;

export function Emoji({ pick }: { readonly pick: (emoji: string) => void }) {
  const { recentEmoji: recent } = memory.value;
  const choose = (emoji: string) => {
    remember({
      recentEmoji: [emoji, ...recent.filter((other) => other !== emoji)].slice(0, MOST_RECENT),
    });
    pick(emoji);
  };
  const button = (emoji: string) => (
    <button key={emoji} type="button" onClick={() => choose(emoji)}>
      {emoji}
    </button>
  );
  return (
    <div class="emoji">
      {recent.length > 0 ? (
        <div role="group" aria-label={t('emojiRecent')}>
          {recent.map((emoji) => button(emoji))}
        </div>
      ) : null}
      <div role="group" aria-label={t('emoji')}>
        {CHOICE.map((emoji) => button(emoji))}
      </div>
    </div>
  );
}
