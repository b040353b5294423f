export default {
  searchSettings: 'Search the settings',
};
