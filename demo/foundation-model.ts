/** A model of invented people (foundation/CARD.md), fetched once someone lets it have a say. */
export const INVENTED_MODEL = {
  url: new URL('./foundation/invented.attune', import.meta.url),
  sha256: '5ffa99c908d7a539db40ba467df956b8782bf98a5919c306c715ce2ac8dae889',
};

/** Whether it has a say: nobody's choice outlives the page, because the model is a show. */
export interface Say {
  isOn: boolean;
}
