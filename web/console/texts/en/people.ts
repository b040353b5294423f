export default {
  addAgent: 'Add an agent',
};
