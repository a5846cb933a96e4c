// Instruments that a track may be given, by their General MIDI program from 0.

export const INSTRUMENTS: readonly { program: number; en: string; ko: string }[] = [
  { program: 0, en: "Piano", ko: "피아노" },
  { program: 6, en: "Harpsichord", ko: "하프시코드" },
  { program: 11, en: "Vibraphone", ko: "비브라폰" },
  { program: 19, en: "Organ", ko: "오르간" },
  { program: 24, en: "Guitar", ko: "기타" },
  { program: 32, en: "Double bass", ko: "콘트라베이스" },
  { program: 33, en: "Bass guitar", ko: "베이스 기타" },
  { program: 40, en: "Violin", ko: "바이올린" },
  { program: 41, en: "Viola", ko: "비올라" },
  { program: 42, en: "Cello", ko: "첼로" },
  { program: 46, en: "Harp", ko: "하프" },
  { program: 48, en: "Strings", ko: "현악 합주" },
  { program: 52, en: "Choir", ko: "합창" },
  { program: 56, en: "Trumpet", ko: "트럼펫" },
  { program: 60, en: "Horn", ko: "호른" },
  { program: 68, en: "Oboe", ko: "오보에" },
  { program: 70, en: "Bassoon", ko: "바순" },
  { program: 71, en: "Clarinet", ko: "클라리넷" },
  { program: 73, en: "Flute", ko: "플루트" },
  { program: 80, en: "Synthesiser", ko: "신시사이저" },
];
