// Every word that the widget says. `{name}` is filled in; a text with a number has a form for each
// plural category that its language needs (https://cldr.unicode.org: zero, one, two, few, many, other).

import type { Plural } from '../../shared/words.ts';

export const en = {
  // The launcher, in the page itself.
  launcher: 'Chat with us',
  unread: { one: '{count} new message', other: '{count} new messages' },
  dismiss: 'Dismiss',

  // The head of the panel.
  minimize: 'Close chat',
  menu: 'More',
  back: 'Back',
  online: 'Online',
  away: 'Away',
  offline: 'Offline',
  loading: 'Loading the chat',
  sound: 'Sound',
  changeDepartment: 'Change department',
  endChat: 'End chat',
  forgetMe: 'Delete my data',
  getTranscript: 'Email me this chat',

  // Forms.
  welcome: 'Hello! How can we help?',
  welcomeBack: 'Welcome back, {name}',
  weOnline: 'We’re online',
  weAway: 'We’re away right now',
  replies: 'Usually replies in {time}',
  openUntil: 'Open today until {time}',
  hours: 'Opening hours',
  dayClosed: 'Closed',
  closed: 'We’re closed right now',
  backAt: 'Back {day} at {time}',
  starts: 'Popular questions',
  privacy: '{shop} keeps this chat so we can help you.',
  privacyLink: 'Privacy policy',
  sendsOnStart: 'Sends when you start the chat',
  reply: 'Write a reply',
  registerIntro: 'A few details first, so we know who we’re talking to.',
  name: 'Name',
  email: 'Email',
  department: 'Department',
  anyDepartment: 'Any department',
  choose: 'Choose one',
  startChat: 'Start chat',
  required: 'This is required',
  badEmail: 'Enter a full email address, like name@example.com',
  badFormat: 'This doesn’t look right. Check it and try again.',
  optional: 'optional',
  yourMessage: 'Message',
  send: 'Send',
  cancel: 'Cancel',
  ok: 'Close',
  tryAgain: 'Try again',
  somethingWrong: 'Something went wrong. Try again.',
  tooManyTries: 'Too many messages at once. Wait a moment, then try again.',

  // Consent.
  consentTitle: 'Before we start',
  consentText: 'To chat with you, we store your messages and the details you give us.',
  unfinishedText:
    'Those who answer you see what you write before you send it. It is kept nowhere.',
  decline: 'Not now',
  consentAccept: 'I agree',

  // The chat.
  conversation: 'Conversation',
  composer: 'Write a message',
  sendMessage: 'Send message',
  attach: 'Attach a file',
  emoji: 'Emoji',
  emojiRecent: 'Recently used',
  dropHere: 'Drop files here',
  sending: 'Sending',
  waitingToSend: 'Waiting to send',
  sent: 'Sent',
  seen: 'Seen',
  notSent: 'Not sent',
  discard: 'Delete',
  edited: 'Edited',
  you: 'You',
  agent: 'Agent',
  isTyping: '{name} is typing',
  areTyping: 'Several people are typing',
  newMessages: 'New',
  toLatest: 'Latest',
  loadingOlder: 'Loading earlier messages',
  today: 'Today',
  yesterday: 'Yesterday',
  charactersLeft: { one: '{count} character left', other: '{count} characters left' },
  connecting: 'Finding someone to help you…',
  queueSpot: 'You’re number {spot} in line',
  queueWait: { one: 'About {count} minute', other: 'About {count} minutes' },
  leaveMessageInstead: 'Leave a message instead',
  keepWriting: 'You can keep writing. We’ll see it all when we join.',
  reconnecting: 'Reconnecting… Your messages will be sent.',
  agentJoined: '{name} joined the chat',
  agentChanged: '{name} took over from {before}',
  chatClosed: 'Chat ended',
  closedBy: '{name} ended the chat',
  userJoined: '{name} joined the chat',
  userLeft: '{name} left the chat',
  transferredTo: 'You’re now chatting with {name}',
  returnedToQueue: 'Finding someone else to help you…',
  image: 'Picture: {name}',
  openImage: 'Open the picture {name}',
  download: 'Download {name}',
  uploading: 'Uploading {name}',
  uploadFailed: '{name} couldn’t be uploaded.',
  uploadTooBig: '{name} is too large. The limit is {size}.',
  uploadBadType: '{name} can’t be sent. This type of file isn’t allowed.',
  uploadsOff: 'Files can’t be sent in this chat.',

  // Leaving a message.
  offlineTitle: 'Leave a message',
  offlineSent: 'Message sent',
  offlineSentTo: 'We’ll reply to {email}.',
  replyByMail: 'We’ll reply by email',
  leaveAnother: 'Send another message',

  // The end.
  endTitle: 'End this chat?',
  endText: 'You can start a new chat at any time.',
  endKeep: 'Keep chatting',
  rate: 'How was your chat?',
  rateNamed: 'How was your chat with {name}?',
  rating: { one: '{count} of 5 stars', other: '{count} of 5 stars' },
  rateComment: 'Anything you’d like to add?',
  rated: 'Thanks for your rating.',
  transcriptSent: 'We’ve emailed this chat to {email}',
  newChat: 'Start a new chat',
  departmentTitle: 'Change department',
  departmentText: 'Someone from that department will take over.',
  departmentChange: 'Change',
  forgetTitle: 'Delete your data?',
  forgetText: 'This deletes the chat and everything we know about you. It can’t be undone.',
  forgetConfirm: 'Delete my data',
  forgotten: 'Your data has been deleted.',
};

export default en;

export type Key = keyof typeof en;
export type PluralKey = { [K in Key]: (typeof en)[K] extends string ? never : K }[Key];
export type TextKey = Exclude<Key, PluralKey>;

/** One language: the same keys, each a text, or the plural forms that the language has. */
export type Texts = {
  readonly [K in Key]: K extends PluralKey ? Plural : string;
};
