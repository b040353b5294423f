export default {
  // What is wrong with a form, or with what is in it.
  lookAtFields: 'Not saved: look at {fields}.',
  fieldNeeded: 'This cannot be empty.',
  fieldNoEmail: 'This is not an e-mail address.',
  fieldNoUrl: 'This is not a web address. It begins with https:// or http://.',
  fieldNoPattern: 'This is not a regular expression.',
  fieldNoNumber: 'This has to be a number, {least} or more.',
  fieldNotTaken: 'The server does not take this.',
  fieldInUse: 'This is in use already.',
  fieldLetters: 'Only letters, digits, hyphens and underscores.',
  fieldOtherUnit: 'A department here is in another unit already.',
  deletedMeanwhile: 'Not saved: somebody else deleted it meanwhile.',
  deletedMeanwhileBy: 'Not saved: {name} deleted it at {time}.',

  // What somebody else has changed meanwhile.
  compare: 'Compare',
  theirVersion: 'Theirs',
  yourVersion: 'Yours',
  takeTheirs: 'Keep theirs',
  saveMine: 'Save mine over it',
  isOn: 'On',
  isOff: 'Off',
  changedMeanwhile: 'Not saved: somebody else changed it meanwhile.',
  changedMeanwhileBy: 'Not saved: {name} changed it at {time}.',
};
