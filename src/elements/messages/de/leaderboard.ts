import type { LEADERBOARD as English } from '../en/leaderboard.js';
import type { Translation } from '../message.js';

export const LEADERBOARD: Translation<typeof English> = {
  'leaderboard.heading': 'Am meisten verdient',
  'leaderboard.you': 'Sie',
  'leaderboard.self': 'Sie',
  'leaderboard.unranked': 'noch ohne Rang',
  'leaderboard.few': 'Zu wenige für eine Rangliste',
  'leaderboard.few.hint': 'Sie beginnt mit fünf Mitgliedern. Bei weniger würde sie nur zeigen, wer gerade da ist.',
  'leaderboard.waiting': 'Noch keine Rangliste',
  'leaderboard.waiting.hint': 'Sie kommt vom Netz, sobald diese Seite verbunden ist.',
  'leaderboard.offline.hint': 'Keine Verbindung. Die Rangliste kommt, sobald sie wieder da ist.',
  'leaderboard.name': 'Mich mit Namen zeigen …',
  'leaderboard.name.change': 'Gezeigt als {name}. Ändern …',
  'leaderboard.name.label': 'Zeigen als',
  'leaderboard.name.rule': '1 bis 40 Zeichen aus a–z, 0–9, Punkt und Bindestrich.',
  'leaderboard.name.public': 'Alle können den Namen sehen, und er bleibt für immer im Kontobuch des Netzes.',
  'leaderboard.name.save': 'Namen verwenden',
  'leaderboard.name.saving': 'Wird eingetragen …',
  'leaderboard.name.saved': 'Sie werden jetzt als {name} gezeigt.',
  'leaderboard.name.taken': 'Dieser Name ist vergeben. Wählen Sie einen anderen.',
  'leaderboard.name.failed': 'Der Name konnte nicht eingetragen werden. Versuchen Sie es später noch einmal.',
};
