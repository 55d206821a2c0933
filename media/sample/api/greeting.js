export const greeting = 'Hello from';
