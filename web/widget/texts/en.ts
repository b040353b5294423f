// Every word that the widget says. `{name}` is filled in; a text with a number has a form for each
// plural category that its language needs (https://cldr.unicode.org: zero, one, two, few, many, other).

import type { Plural } from '../../shared/words.ts';

export const en = {
  // The launcher, in the page itself.
  launcher: 'Chat with us',
  unread: { one: '{count} new message', other: '{count} new messages' },
  dismiss: 'Dismiss',

  // The head of the panel.
  minimize: 'Close the chat window',
  menu: 'More',
  online: 'Online',
  away: 'Away',
  offline: 'Nobody is here right now',
  loading: 'Loading the chat',
  sound: 'Sound',
  changeDepartment: 'Change department',
  endChat: 'End this chat',
  forgetMe: 'Delete my data',
  getTranscript: 'Send me this chat',

  // Forms.
  welcome: 'Hello! How can we help?',
  replies: 'Usually replies in {time}',
  starts: 'Popular questions',
  privacyLink: 'Privacy policy',
  sendsOnStart: 'Sends when you start the chat',
  registerIntro: 'Tell us who you are, and we can begin.',
  name: 'Name',
  email: 'E-mail',
  department: 'Department',
  anyDepartment: 'Whoever is free',
  choose: 'Please choose',
  startChat: 'Start the chat',
  required: 'Please fill this in.',
  badEmail: 'This is not an e-mail address.',
  badFormat: 'This does not have the right form.',
  optional: 'optional',
  yourMessage: 'Message',
  send: 'Send',
  cancel: 'Cancel',
  ok: 'Close',
  tryAgain: 'Try again',
  somethingWrong: 'That did not work. Please try again.',
  tooManyTries: 'That was a little too fast. Please wait a moment.',

  // Consent.
  consentTitle: 'Before we begin',
  consentText: 'To chat with you we keep what you write and the data that you give us.',
  consentAccept: 'I agree',

  // The chat.
  conversation: 'Conversation',
  composer: 'Write a message',
  sendMessage: 'Send the message',
  attach: 'Attach a file',
  emoji: 'Emoji',
  emojiRecent: 'Lately used',
  dropHere: 'Drop the file here',
  sending: 'Sending',
  sent: 'Sent',
  notSent: 'Not sent.',
  discard: 'Discard',
  edited: 'edited',
  you: 'You',
  agent: 'Agent',
  isTyping: '{name} is writing',
  areTyping: 'Several people are writing',
  newMessages: 'New messages',
  toLatest: 'To the latest message',
  loadingOlder: 'Loading older messages',
  today: 'Today',
  yesterday: 'Yesterday',
  charactersLeft: { one: '{count} character left', other: '{count} characters left' },
  connecting: 'We are looking for somebody who can help you.',
  queueSpot: 'You are number {spot} in line.',
  queueWait: { one: 'About {count} minute to wait.', other: 'About {count} minutes to wait.' },
  leaveMessageInstead: 'Leave a message instead',
  reconnecting: 'The connection is lost. We are trying again.',
  agentJoined: '{name} is here to help you.',
  agentChanged: '{name} goes on with this chat.',
  chatStarted: 'The chat has begun.',
  chatClosed: 'The chat has ended.',
  userJoined: '{name} joined.',
  userLeft: '{name} left.',
  transferredTo: 'The chat goes on with {name}.',
  returnedToQueue: 'The chat waits for the next free agent.',
  image: 'Picture: {name}',
  openImage: 'Open the picture {name}',
  download: 'Download {name}',
  uploading: 'Uploading {name}',
  uploadFailed: '{name} could not be uploaded.',
  uploadTooBig: '{name} is too large. At most {size} can be sent.',
  uploadBadType: 'Files of this kind cannot be sent: {name}.',
  uploadsOff: 'Files cannot be sent here.',

  // Leaving a message.
  offlineTitle: 'Leave a message',
  offlineIntro: 'Nobody is here right now. Leave a message, and we answer by e-mail.',
  offlineUnavailable: 'Nobody is here right now. Please come back later.',
  offlineSent: 'Thank you. We have your message and answer by e-mail.',
  leaveAnother: 'Leave another message',

  // The end.
  endTitle: 'End this chat?',
  endText: 'You can begin a new one at any time.',
  closedTitle: 'This chat has ended',
  closedText: 'Thank you for writing to us.',
  rate: 'How was it?',
  rating: {
    one: '{count} star of 5',
    other: '{count} stars of 5',
  },
  rateComment: 'Anything else that you want to say?',
  rateSend: 'Send your rating',
  rated: 'Thank you for your rating.',
  transcriptAsk: 'Shall we send you this chat by e-mail?',
  transcriptSend: 'Send it',
  transcriptSent: 'The chat is on its way to {email}.',
  newChat: 'Start a new chat',
  departmentTitle: 'Change department',
  departmentText: 'Somebody else goes on with this chat.',
  departmentChange: 'Change',
  forgetTitle: 'Delete your data?',
  forgetText: 'What we know about you, and this chat, is deleted. It cannot be undone.',
  forgetConfirm: 'Delete',
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
