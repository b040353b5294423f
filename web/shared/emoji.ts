// The emoji that are offered, in their order.
export const CHOICE: readonly string[] =
  '😀 😃 😄 😁 😅 😂 🤣 😊 🙂 😉 😍 🥰 😘 😋 😎 🤩 🥳 🤔 🤨 😐 😶 🙄 😏 😬 😌 😔 😴 🤒 🤕 🤯 😕 🙁 😮 😲 😳 🥺 😢 😭 😱 😤 😡 🤬 🤗 🤭 🤫 🤝 👍 👎 👌 ✌️ 🤞 🤙 👋 🙌 👏 🙏 💪 👀 ❤️ 🧡 💛 💚 💙 💜 🖤 💔 💯 ✨ ⭐ 🔥 🎉 🎁 🎂 🌹 🌞 🌈 ☔ ❄️ ☕ 🍺 🍕 🍎 🐶 🐱 🚗 🚚 ✈️ 🏠 📦 📞 💻 📱 📷 🔑 🔒 💡 🔧 📎 📅 ⏰ 💳 💰 🛒 ✅ ❌ ❓ ❗ ⚠️ ➡️ ⬅️ 🆗'.split(
    ' ',
  );
