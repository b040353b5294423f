export default {
  contrastOf: 'Contrast',
};
