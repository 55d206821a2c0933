/** Groups are ordered by name, and what is in a group by the number: `2_environment@3`. */
export type MenuGroup = `${string}@${number}`;
