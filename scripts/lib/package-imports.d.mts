interface Import {
  readonly path: string;
  readonly kind?: string;
  readonly external?: boolean;
}
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** `@nestjs/core` of `@nestjs/core/injector`. */
export function packageOf(specifier: string): string;
/** What a bundle asks of whoever installs it and may not, in words. */
export function strangersIn(imports: readonly Import[], manifest: Manifest): string[];
