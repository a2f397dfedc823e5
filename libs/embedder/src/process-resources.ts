import { builtInTextModel } from './built-in/built-in-text-model.ts';
import type { MediaLimits, MediaResources } from './media/media-access.ts';
import { ModelPool } from './model-pool.ts';

/** As the environment says it (modelEnv of libs/runtime). */
export interface ModelSettings {
  MODEL_FOLDER?: string;
  MODEL_DOWNLOADS: boolean;
}

/**
 * A process's models: the built-in one, and what its tenants registered. `secrets` are the variables of the environment,
 * which models name and never see otherwise; `readArtifact` gives the bytes of a tenant's artifact by its SHA-256, hex.
 */
export async function openModelPool(
  { MODEL_FOLDER, MODEL_DOWNLOADS }: ModelSettings,
  secrets: Readonly<Record<string, string | undefined>>,
  readArtifact: (tenant: string, hash: string) => Promise<Uint8Array>,
): Promise<ModelPool> {
  return new ModelPool([await builtInTextModel()], (tenant) => ({
    modelFolder: MODEL_FOLDER,
    allowDownloads: MODEL_DOWNLOADS,
    secret: (name) => secrets[name],
    artifact: (hash) => readArtifact(tenant, hash),
  }));
}

/** As the environment says it (mediaEnv of libs/runtime). */
export interface MediaSettings {
  MEDIA_ALLOWED_HOSTS: string[];
  MEDIA_ALLOW_PRIVATE: boolean;
  MEDIA_FOLDER?: string;
  MEDIA_MAX_BYTES: number;
  MEDIA_TIMEOUT_MS: number;
  MEDIA_MAX_REDIRECTS: number;
}

/** Which addresses of pictures and sounds may be read, and how much of them. */
export interface MediaAccess {
  limits: MediaLimits;
  resources: Omit<MediaResources, 'kind' | 'field' | 'signal'>;
}

export function mediaAccess(settings: MediaSettings): MediaAccess {
  return {
    limits: {
      bytes: settings.MEDIA_MAX_BYTES,
      milliseconds: settings.MEDIA_TIMEOUT_MS,
      redirects: settings.MEDIA_MAX_REDIRECTS,
    },
    resources: {
      allowedHosts: settings.MEDIA_ALLOWED_HOSTS,
      allowPrivate: settings.MEDIA_ALLOW_PRIVATE,
      folder: settings.MEDIA_FOLDER,
    },
  };
}
