import type { Project } from './project';
import { nodeProjects } from './projects/nodeProjects';
import { otherProjects } from './projects/otherProjects';
import { repositoryProjects } from './projects/repositoryProjects';

export const projects: readonly Project[] = [...nodeProjects, ...repositoryProjects, ...otherProjects];
