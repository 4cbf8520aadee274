export const randomCase = () => ({ draft: "7", schema: {}, pointers: [], data: [] });
