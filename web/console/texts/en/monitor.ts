export default {
  wallMode: 'Wall mode',
};
