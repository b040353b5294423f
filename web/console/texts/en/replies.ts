export default {
  newCanned: 'New canned response',
};
