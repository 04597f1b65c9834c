/** A taste axis in words: what its ends are called, and how texts of items speak of them. */
export interface AxisWords {
  readonly id: string;
  readonly label: string;
  /** Texts of the slider's poles. */
  readonly low: string;
  readonly high: string;
  /** Words by which an item's text leans to one end; no word stands for two ends. */
  readonly lowWords: readonly string[];
  readonly highWords: readonly string[];
}

/** The axes of synthetic worlds, in the order in which they are taken. */
export const AXES: readonly AxisWords[] = [
  {
    id: 'pace',
    label: 'Pace',
    low: 'calm, slow, quiet',
    high: 'fast, loud, thrilling',
    lowWords: ['calm', 'slow', 'quiet', 'gentle', 'peaceful', 'relaxed', 'sleepy', 'unhurried'],
    highWords: ['fast', 'loud', 'thrilling', 'wild', 'energetic', 'intense', 'hectic', 'explosive'],
  },
  {
    id: 'setting',
    label: 'Setting',
    low: 'indoors, at home, cosy',
    high: 'outdoors, nature, fresh air',
    lowWords: ['indoor', 'home', 'cosy', 'fireside', 'sofa', 'blanket', 'kitchen', 'bedroom'],
    highWords: ['outdoor', 'nature', 'forest', 'mountain', 'river', 'meadow', 'hillside', 'seaside'],
  },
  {
    id: 'company',
    label: 'Company',
    low: 'alone, solo, by yourself',
    high: 'together, friends, party',
    lowWords: ['alone', 'solo', 'solitary', 'private', 'single', 'introspective', 'secluded', 'lonely'],
    highWords: ['together', 'friends', 'party', 'shared', 'crowd', 'sociable', 'team', 'family'],
  },
  {
    id: 'budget',
    label: 'Budget',
    low: 'free, cheap, frugal',
    high: 'luxury, expensive, exclusive',
    lowWords: ['free', 'cheap', 'frugal', 'thrifty', 'budget', 'bargain', 'inexpensive', 'discount'],
    highWords: ['luxury', 'expensive', 'exclusive', 'premium', 'lavish', 'opulent', 'costly', 'deluxe'],
  },
  {
    id: 'depth',
    label: 'Depth',
    low: 'easy, simple, for beginners',
    high: 'difficult, advanced, for experts',
    lowWords: ['easy', 'simple', 'beginner', 'basic', 'introductory', 'effortless', 'starter', 'playful'],
    highWords: ['difficult', 'advanced', 'expert', 'demanding', 'rigorous', 'technical', 'challenging', 'complex'],
  },
  {
    id: 'age',
    label: 'Age',
    low: 'old, classic, traditional',
    high: 'new, modern, futuristic',
    lowWords: ['old', 'classic', 'traditional', 'antique', 'vintage', 'historic', 'ancient', 'medieval'],
    highWords: ['new', 'modern', 'futuristic', 'contemporary', 'digital', 'innovative', 'trendy', 'robotic'],
  },
];

/** What items are, whatever their taste. */
export const THINGS: readonly string[] = [
  'album',
  'article',
  'book',
  'concert',
  'course',
  'dinner',
  'documentary',
  'dish',
  'evening',
  'exhibition',
  'film',
  'game',
  'guide',
  'hobby',
  'holiday',
  'lesson',
  'magazine',
  'market',
  'morning',
  'museum',
  'novel',
  'photograph',
  'podcast',
  'poem',
  'recipe',
  'series',
  'song',
  'story',
  'talk',
  'theatre',
  'tour',
  'trip',
  'video',
  'visit',
  'walk',
  'weekend',
  'workshop',
];
