import { isBuiltin } from 'node:module';

/** `@nestjs/core` of `@nestjs/core/injector`. */
export function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * What a bundle asks of whoever installs it and may not: a package that its manifest does not name, and at once what
 * is only optional. Imports as esbuild's metafile has them.
 */
export function strangersIn(
  imports,
  { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} },
) {
  const wanted = imports.filter(({ path, external }) => external && !isBuiltin(path));
  return [
    ...new Set(
      wanted.flatMap(({ path, kind }) => {
        const name = packageOf(path);
        if (!(name in dependencies) && !(name in peerDependencies))
          return mayBeMissing(path) ? [] : [`needs ${path}`];
        if (peerDependenciesMeta[name]?.optional && kind !== 'dynamic-import')
          return [`needs ${path} at once`];
        return [];
      }),
    ),
  ];
}

/** Asked for within a try: bindings that a driver does without. */
function mayBeMissing(path) {
  return ['pg-native'].includes(path);
}
