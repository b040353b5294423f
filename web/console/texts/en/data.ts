export default {
  newField: 'New field',
};
