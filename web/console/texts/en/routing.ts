export default {
  newDepartment: 'New department',
};
