/** What this chatbot knows: who answers what, and from which passages. A real one would read them from a file of its own. */
export const TOPICS = [
  {
    id: 'opening-hours',
    title: 'Opening hours',
    description: 'when the library opens and closes, on weekdays, at the weekend and on holidays',
    passages: [
      'The library opens at nine in the morning and closes at eight in the evening, Monday to Friday.',
      'On Saturdays it is open from ten until two; on Sundays it is closed.',
      'On public holidays the doors stay closed, but the book drop beside the entrance takes returns day and night.',
    ],
  },
  {
    id: 'borrowing',
    title: 'Borrowing',
    description: 'borrowing books, renewing them, returning them late, and what that costs',
    passages: [
      'Books are lent for four weeks, films and games for one.',
      'A loan can be renewed twice, in your account or by telephone, unless somebody else is waiting for it.',
      'Bringing a book back late costs twenty cents a day, and five euros at most.',
      'Up to twenty things may be borrowed at the same time.',
    ],
  },
  {
    id: 'membership',
    title: 'Library card',
    description: 'getting a library card, losing it, and the yearly fee for members',
    passages: [
      'A library card costs fifteen euros a year; children and students pay nothing.',
      'To get a card, come to the front desk with your passport or identity card.',
      'A lost card is replaced at the front desk for five euros, and the old one is blocked at once.',
    ],
  },
  {
    id: 'rooms',
    title: 'Rooms and computers',
    description: 'study rooms, computers, printers, wireless internet and power sockets in the building',
    passages: [
      'Study rooms for up to six people can be booked for three hours, up to two weeks ahead.',
      'Wireless internet is free in the whole building, without a password.',
      'Printing costs ten cents a page in black and white and thirty in colour.',
      'Computers with an office suite stand on the second floor, and need no booking.',
    ],
  },
];

/** All passages in one row: their places in it are their ids. */
export const PASSAGES = TOPICS.flatMap(({ id, passages }) => passages.map((text) => ({ text, topic: id })));
