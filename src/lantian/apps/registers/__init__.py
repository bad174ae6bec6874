"""台账: records of the registers that packs declare, with history, import and export."""
