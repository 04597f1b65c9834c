/** A model of invented people (foundation/CARD.md), fetched once someone lets it have a say. */
export const INVENTED_MODEL = {
  url: new URL('./foundation/invented.attune', import.meta.url),
  sha256: '02c9c72ed903665c94504de32c2ab74348212394a6c6204fdd2c3da3cff2c16a',
};

/** Whether it has a say: nobody's choice outlives the page, because the model is a show. */
export interface Say {
  isOn: boolean;
}
