// Declarations for those who install a package: what its entry leads to, name by name, for an index of a room names
// much that no foreigner has the packages for.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { packageOf } from './package-imports.mjs';

const ALL = '*';

/** The declarations that `entry` leads to: their texts by their paths from `dir`, and the packages that they need. */
export function reachableDeclarations(dir, entry) {
  const parsed = new Map();
  const needed = new Map();
  const packages = new Set();
  const read = (file) => {
    if (!parsed.has(file)) parsed.set(file, parse(readFileSync(join(dir, file), 'utf8')));
    return parsed.get(file);
  };
  const need = (file, names) => {
    const known = needed.get(file) ?? new Set();
    const fresh = names.filter((name) => !known.has(name));
    if (needed.has(file) && fresh.length === 0) return;
    needed.set(file, new Set([...known, ...fresh]));
    for (const each of wanted(read(file), needed.get(file))) {
      const { from } = each;
      if (from.startsWith('.'))
        need(join(dirname(file), from.replace(/\.js$/, '.d.ts')), namesOf(each, fresh));
      else if (!isBuiltin(from)) packages.add(packageOf(from));
    }
  };
  need(entry, [ALL]);
  const texts = [...needed].map(([file, names]) => [file, textOf(read(file), names)]);
  return { files: new Map(texts.sort()), packages: [...packages].sort() };
}

/** What a file imports and hands on; a barrel does nothing else. */
function parse(text) {
  const source = ts.createSourceFile('a.d.ts', text, ts.ScriptTarget.Latest, true);
  const links = source.statements.filter((each) => each.moduleSpecifier !== undefined).map(linkOf);
  const barrel = links.length === source.statements.length && links.every(({ handsOn }) => handsOn);
  // `import('./a.js').A` stands within a type.
  const inline = [];
  const visit = (node) => {
    if (ts.isImportTypeNode(node)) inline.push(linkAt(node.argument.literal.text, [ALL]));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { text, barrel, links: [...links, ...inline] };
}

function linkOf(statement) {
  const bindings = statement.exportClause ?? statement.importClause?.namedBindings;
  const elements = bindings?.elements?.map(({ name, propertyName, isTypeOnly }) => ({
    name: name.text,
    origin: (propertyName ?? name).text,
    isTypeOnly,
  }));
  const bare = ts.isImportDeclaration(statement) && statement.importClause === undefined;
  const names = bare ? [] : (elements?.map(({ origin }) => origin) ?? [ALL]);
  const handsOn = bare || (ts.isExportDeclaration(statement) && elements !== undefined);
  return { ...linkAt(statement.moduleSpecifier.text, names), elements, bare, handsOn, statement };
}

const linkAt = (from, names) => ({ from, names });

/** Of a barrel that which hands on something needed; of other files everything. */
function wanted({ barrel, links }, names) {
  if (!barrel || names.has(ALL)) return links;
  return links
    .map((link) =>
      link.bare ? link : { ...link, elements: link.elements.filter(({ name }) => names.has(name)) },
    )
    .filter(({ bare, elements }) => bare || elements.length > 0);
}

const namesOf = ({ elements, names }) => elements?.map(({ origin }) => origin) ?? names;

function textOf(file, names) {
  if (!file.barrel || names.has(ALL)) return file.text;
  const lines = wanted(file, names).map(({ bare, elements, from, statement }) => {
    if (bare) return `import '${from}';`;
    const type = statement.isTypeOnly ? 'type ' : '';
    const list = elements.map(
      ({ name, origin, isTypeOnly }) =>
        `${isTypeOnly ? 'type ' : ''}${origin === name ? name : `${origin} as ${name}`}`,
    );
    return `export ${type}{ ${list.join(', ')} } from '${from}';`;
  });
  return `${lines.join('\n')}\n`;
}
