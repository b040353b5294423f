// Names of emoji as Rocket.Chat's clients write them between colons.
const LIST = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rofl 🤣 blush 😊 innocent 😇
slight_smile 🙂 slightly_smiling_face 🙂 upside_down 🙃 wink 😉 relieved 😌 heart_eyes 😍 kissing_heart 😘 kissing 😗
yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 stuck_out_tongue_closed_eyes 😝 zany_face 🤪 sunglasses 😎
nerd 🤓 star_struck 🤩 partying_face 🥳 smirk 😏 unamused 😒 disappointed 😞 pensive 😔 worried 😟 confused 😕
slight_frown 🙁 frowning2 ☹️ persevere 😣 confounded 😖 tired_face 😫 weary 😩 pleading_face 🥺 cry 😢 sob 😭 triumph 😤
angry 😠 rage 😡 exploding_head 🤯 flushed 😳 hot_face 🥵 cold_face 🥶 scream 😱 fearful 😨 cold_sweat 😰 sweat 😓
hugging 🤗 thinking 🤔 face_with_hand_over_mouth 🤭 shushing_face 🤫 lying_face 🤥 no_mouth 😶 neutral_face 😐
expressionless 😑 grimacing 😬 rolling_eyes 🙄 hushed 😯 open_mouth 😮 astonished 😲 sleeping 😴 sleepy 😪 drooling_face 🤤
dizzy_face 😵 zipper_mouth 🤐 mask 😷 thermometer_face 🤒 head_bandage 🤕 nauseated_face 🤢 sneezing_face 🤧 cowboy 🤠
smiling_imp 😈 clown 🤡 poop 💩 ghost 👻 skull 💀 alien 👽 robot 🤖 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊
wave 👋 raised_hand ✋ vulcan 🖖 ok_hand 👌 v ✌️ fingers_crossed 🤞 metal 🤘 call_me 🤙 point_left 👈 point_right 👉
point_up_2 👆 point_down 👇 point_up ☝️ thumbsup 👍 thumbup 👍 +1 👍 thumbsdown 👎 thumbdown 👎 -1 👎 fist ✊ punch 👊
clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪 eyes 👀 ear 👂 brain 🧠
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 broken_heart 💔
two_hearts 💕 sparkling_heart 💖 heartbeat 💓 cupid 💘 100 💯 boom 💥 dizzy 💫 sweat_drops 💦 dash 💨 zzz 💤
speech_balloon 💬 thought_balloon 💭 sparkles ✨ star ⭐ star2 🌟 fire 🔥 zap ⚡ sunny ☀️ sun_with_face 🌞 cloud ☁️
umbrella ☔ rainbow 🌈 snowflake ❄️ snowman ⛄ ocean 🌊 earth_africa 🌍 crescent_moon 🌙 rose 🌹 tulip 🌷 sunflower 🌻
four_leaf_clover 🍀 christmas_tree 🎄 evergreen_tree 🌲 cactus 🌵 dog 🐶 cat 🐱 mouse 🐭 rabbit 🐰 fox 🦊 bear 🐻
panda_face 🐼 monkey_face 🐵 chicken 🐔 penguin 🐧 bird 🐦 unicorn 🦄 bee 🐝 bug 🐛 butterfly 🦋 turtle 🐢 snake 🐍
fish 🐟 whale 🐳 dolphin 🐬 apple 🍎 green_apple 🍏 banana 🍌 grapes 🍇 strawberry 🍓 lemon 🍋 pizza 🍕 hamburger 🍔
fries 🍟 taco 🌮 cake 🍰 birthday 🎂 cookie 🍪 doughnut 🍩 chocolate_bar 🍫 icecream 🍦 coffee ☕ tea 🍵 beer 🍺 beers 🍻
wine_glass 🍷 cocktail 🍸 champagne 🍾 champagne_glass 🥂 soccer ⚽ basketball 🏀 football 🏈 tennis 🎾 trophy 🏆 medal 🏅
dart 🎯 game_die 🎲 video_game 🎮 art 🎨 guitar 🎸 musical_note 🎵 notes 🎶 headphones 🎧 microphone 🎤 clapper 🎬
tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 ribbon 🎀 red_car 🚗 taxi 🚕 bus 🚌 truck 🚚 bike 🚲 train 🚆 airplane ✈️
rocket 🚀 ship 🚢 anchor ⚓ house 🏠 office 🏢 hospital 🏥 bank 🏦 hotel 🏨 school 🏫 tent ⛺ watch ⌚ iphone 📱 calling 📲
computer 💻 keyboard ⌨️ printer 🖨️ camera 📷 video_camera 📹 tv 📺 telephone ☎️ telephone_receiver 📞 battery 🔋
electric_plug 🔌 bulb 💡 flashlight 🔦 wrench 🔧 hammer 🔨 tools 🛠️ gear ⚙️ nut_and_bolt 🔩 mag 🔍 mag_right 🔎
lock 🔒 unlock 🔓 key 🔑 bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 hourglass ⌛ alarm_clock ⏰ stopwatch ⏱️ calendar 📆
date 📅 pushpin 📌 round_pushpin 📍 paperclip 📎 scissors ✂️ pencil 📝 memo 📝 pencil2 ✏️ book 📖 books 📚 bookmark 🔖
newspaper 📰 clipboard 📋 file_folder 📁 open_file_folder 📂 package 📦 mailbox 📫 envelope ✉️ email 📧 inbox_tray 📥
outbox_tray 📤 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 moneybag 💰 dollar 💵 euro 💶
credit_card 💳 receipt 🧾 shopping_cart 🛒 shopping_bags 🛍️ label 🏷️ white_check_mark ✅ heavy_check_mark ✔️ x ❌
negative_squared_cross_mark ❎ question ❓ grey_question ❔ exclamation ❗ bangbang ‼️ warning ⚠️ no_entry ⛔
no_entry_sign 🚫 recycle ♻️ information_source ℹ️ ok 🆗 new 🆕 free 🆓 sos 🆘 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️
arrow_down ⬇️ arrows_counterclockwise 🔄 heavy_plus_sign ➕ heavy_minus_sign ➖ red_circle 🔴 blue_circle 🔵
white_circle ⚪ black_circle ⚫ checkered_flag 🏁 triangular_flag_on_post 🚩 rainbow_flag 🏳️‍🌈`;

const words = LIST.trim().split(/\s+/);

const NAMES: ReadonlyMap<string, string> = new Map(
  words.flatMap((name, index) => (index % 2 === 0 ? [[name, words[index + 1] ?? '']] : [])),
);

const CODE = /:([a-z0-9_+-]{1,40}):/g;
/** Where words stay as they are: code and addresses. */
const LITERAL = /(```[\s\S]*?```|`[^`\n]+`|https?:\/\/\S+)/;

/** A text with emoji in place of their names. */
export function named(text: string): string {
  const parts = text.split(LITERAL);
  return parts
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replace(CODE, (whole, name: string) => NAMES.get(name) ?? whole),
    )
    .join('');
}
