import assert from 'node:assert/strict';
import { matchesPattern, parseGrant } from '../../../probes/mysql/grant-lines.ts';
import { destroys, strengthOf } from '../../../probes/mysql/privileges.ts';

const GLOBAL = { is: 'global' } as const;

describe('a line of SHOW GRANTS', () => {
  for (const [line, wanted] of [
    ['GRANT USAGE ON *.* TO `w`@`%`', { is: 'rights', rights: ['USAGE'], on: GLOBAL, revoked: false }],
    [
      "GRANT SELECT, DROP ON *.* TO `w`@`%` IDENTIFIED BY PASSWORD '*7B9EBEED26AA52ED10C0F549FA863F13C39E0209' WITH GRANT OPTION",
      { is: 'rights', rights: ['SELECT', 'DROP', 'GRANT OPTION'], on: GLOBAL, revoked: false },
    ],
    // A user called so is no option.
    ['GRANT USAGE ON *.* TO `WITH GRANT OPTION`@`%`', { is: 'rights', rights: ['USAGE'], on: GLOBAL, revoked: false }],
    [
      'GRANT AUDIT_ADMIN,BACKUP_ADMIN ON *.* TO `w`@`%`',
      { is: 'rights', rights: ['AUDIT_ADMIN', 'BACKUP_ADMIN'], on: GLOBAL, revoked: false },
    ],
    [
      'GRANT REFERENCES ON `a\\_p%`.* TO `w`@`%`',
      { is: 'rights', rights: ['REFERENCES'], on: { is: 'database', pattern: 'a\\_p%' }, revoked: false },
    ],
    [
      'GRANT SELECT (`id`, `a, b`), INSERT (`) ON ``x```) ON `app`.`t``a` TO `w`@`%`',
      { is: 'rights', rights: ['SELECT', 'INSERT'], on: { is: 'table', database: 'app', name: 't`a' }, revoked: false },
    ],
    [
      'GRANT EXECUTE ON PROCEDURE `app`.`p` TO `w`@`%`',
      { is: 'rights', rights: ['EXECUTE'], on: { is: 'routine', database: 'app', name: 'p' }, revoked: false },
    ],
    ['REVOKE DROP ON `app`.* FROM `w`@`%`', { is: 'rights', rights: ['DROP'], on: { is: 'database', pattern: 'app' }, revoked: true }],
    ['GRANT `r`@`%` TO `w`@`%`', { is: 'role', account: '`r`@`%`' }],
    ['GRANT `r` TO `w`@`%`', { is: 'role', account: '`r`' }],
    ['SET DEFAULT ROLE `r` FOR `w`@`%`', { is: 'nothing' }],
    ["GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", { is: 'proxy' }],
    ['GRANT everything to everybody', { is: 'unread' }],
    [`GRANT USAGE ON *.* TO \`${'a'.repeat(70_000)}\``, { is: 'unread' }],
  ] as const)
    it(`is read: ${line.slice(0, 70)}`, () => assert.deepEqual(parseGrant(line), [wanted]));

  it('names several roles', () => {
    assert.deepEqual(parseGrant('GRANT `a`@`%`,`b`@`%` TO `w`@`%`'), [
      { is: 'role', account: '`a`@`%`' },
      { is: 'role', account: '`b`@`%`' },
    ]);
  });

  it('is no slower for being hostile', () => {
    assert.deepEqual(parseGrant(`GRANT ${'A '.repeat(30_000)}`), [{ is: 'unread' }]);
    assert.deepEqual(parseGrant(`GRANT ${'SELECT, '.repeat(7000)}`), [{ is: 'unread' }]);
  });

  it('means databases by a pattern', () => {
    for (const [pattern, database, is] of [
      ['app', 'app', true],
      ['a_p', 'axp', true],
      ['a\\_p', 'axp', false],
      ['a\\_p', 'a_p', true],
      ['a%', 'anything', true],
      ['a\\%', 'ab', false],
      ['%a'.repeat(32), 'b'.repeat(64), false],
    ] as const)
      assert.equal(matchesPattern(pattern, database), is, `${pattern} ${database}`);
  });
});

describe('a right', () => {
  it('is more than looking unless it is known to look', () => {
    for (const right of ['USAGE', 'REFERENCES', 'SHOW VIEW', 'REPLICATION CLIENT', 'SLAVE MONITOR'])
      assert.equal(strengthOf(right, GLOBAL), undefined, right);
    assert.equal(strengthOf('SELECT', { is: 'database', pattern: 'app' }), undefined);
    for (const [right, strength] of [
      ['ALL PRIVILEGES', 'admin'],
      ['SELECT', 'read-all'],
      ['SUPER', 'admin'],
      ['SOMETHING_NEW', 'admin'],
      ['TRIGGER', 'write'],
      ['GRANT OPTION', 'grant'],
    ] as const)
      assert.equal(strengthOf(right, GLOBAL), strength, right);
    assert.equal(strengthOf('ALL PRIVILEGES', { is: 'database', pattern: 'app' }), 'write');
  });

  it('destroys where it takes data away, or leads to what does', () => {
    const app = { is: 'database', pattern: 'app' } as const;
    assert.deepEqual(
      ['DROP', 'DELETE', 'ALTER', 'INSERT', 'SELECT', 'GRANT OPTION'].map((right) => destroys(right, app)),
      [true, true, true, false, false, false],
    );
    assert.equal(destroys('CREATE USER', GLOBAL), true);
  });
});
