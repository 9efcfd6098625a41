// Does one piece of work after the other; one that fails does not keep the others from their turn, nor who asked for them.
export function each(works, failed) {
  for (const work of works) {
    try {
      work();
    } catch (error) {
      failed(error);
    }
  }
}
