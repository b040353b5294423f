export default {
  asTable: 'As a table',
};
