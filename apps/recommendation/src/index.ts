export { type RecommendationDependencies, recommendationService } from './recommendation.ts';
export { type RecommendationConfig, recommendationEnv } from './settings.ts';
