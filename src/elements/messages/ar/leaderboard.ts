import type { LEADERBOARD as English } from '../en/leaderboard.js';
import type { Translation } from '../message.js';

export const LEADERBOARD: Translation<typeof English> = {
  'leaderboard.heading': 'الأكثر كسبًا',
  'leaderboard.you': 'أنت',
  'leaderboard.self': 'أنت',
  'leaderboard.unranked': 'بلا ترتيب بعد',
  'leaderboard.few': 'العدد أقل من أن يُرتَّب',
  'leaderboard.few.hint': 'يبدأ الترتيب من خمسة أعضاء. بأقل من ذلك لن يُظهر سوى من هو متصل.',
  'leaderboard.waiting': 'لا يوجد ترتيب بعد',
  'leaderboard.waiting.hint': 'يأتي من الشبكة بعد اتصال هذه الصفحة.',
  'leaderboard.offline.hint': 'لا يوجد اتصال. يظهر الترتيب عند عودته.',
  'leaderboard.name': 'إظهاري بالاسم…',
  'leaderboard.name.change': 'تظهر باسم {name}. تغيير…',
  'leaderboard.name.label': 'إظهاري باسم',
  'leaderboard.name.rule': 'من 1 إلى 40 من الأحرف a–z والأرقام 0–9 والنقطة والشرطة.',
  'leaderboard.name.public': 'يمكن للجميع رؤية الاسم، ويبقى في سجل الشبكة إلى الأبد.',
  'leaderboard.name.save': 'استخدام هذا الاسم',
  'leaderboard.name.saving': 'جارٍ التسجيل…',
  'leaderboard.name.saved': 'تظهر الآن باسم {name}.',
  'leaderboard.name.taken': 'هذا الاسم مستخدم. اختر اسمًا آخر.',
  'leaderboard.name.failed': 'تعذّر تسجيل الاسم. حاول مرة أخرى بعد قليل.',
};
