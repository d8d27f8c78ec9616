/** Hides items that do not match while the user types. Without JavaScript the server searches; a file has no search then. */
export const SEARCH_SCRIPT = `
const texts = new WeakMap()
for (const form of document.querySelectorAll('form[data-search]')) form.hidden = false
document.addEventListener('submit', (event) => {
  if (event.target.dataset.search === 'here') event.preventDefault()
})
document.addEventListener('input', ({ target: field }) => {
  const form = field.closest('form[data-search]')
  if (!form) return
  const items = [...form.closest('section').querySelectorAll('[data-item]')]
  if (!texts.has(form)) texts.set(form, items.map((item) => item.textContent.toLowerCase()))
  const words = field.value.toLowerCase().split(/\\s+/).filter((word) => word !== '')
  let shown = 0
  items.forEach((item, n) => {
    const fits = words.every((word) => texts.get(form)[n].includes(word))
    item.hidden = !fits
    if (fits) shown++
  })
  const more = form.dataset.pages ? ' on this page match; Enter searches all.' : ' match.'
  form.querySelector('[role=status]').textContent = words.length === 0 ? '' : shown + ' of ' + items.length + more
})
`
